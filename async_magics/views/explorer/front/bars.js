// The contents of the rows that are in sight: single bars with their texts, or bands of shares.

const LEAST_SHARE = 0.12, GAP = 2, NARROWEST_LABEL = 26, NARROWEST_CPU = 16, SAME = 0.25;  // pixels

function bars(scene) {
  const { frame, view } = scene, columns = Math.max(1, Math.round(frame.right - frame.left));
  scene.visible((row, number) => {
    scene.pen.globalAlpha = scene.dims(row) ? 0.28 : 1;
    const found = scene.cut(row.lanes, columns);
    if (found.running) band(scene, row, number, found);
    else if (found.table) single(scene, row, number, found);
    scene.pen.globalAlpha = 1;
  });
}

// Bars, one path for every kind: the narrow ones on top, for a step of a microsecond shows, too.
function single(scene, row, number, found) {
  const { frame, pen, kinds } = scene, { table, low, high } = found, top = frame.y(number), height = frame.sizes.bar;
  const labels = [], over = [];
  for (let at = low; at < high; at++) {
    const left = Math.max(frame.left - 4, frame.x(table.start[at])), right = Math.min(frame.right + 4, frame.x(table.start[at] + table.length[at]));
    if (right < frame.left - 3 || left > frame.right + 3) continue;
    const box = { at, kind: table.kind[at], left, width: Math.max(right - left, shapes.NARROWEST) };
    if (box.kind >= kinds.running) over.push(box); else under(scene, box, top, height);
    if (box.width > NARROWEST_LABEL) labels.push(box);
    scene.drawn.bars += 1;
  }
  over.forEach((box, order) => shapes.bar(pen, scene.fillOf(row, box.kind), box.left, top, seam(over, order), height));
  if (table.cpu) over.forEach((box) => cpuLine(scene, table.cpu[box.at], box, top + height));
  labels.forEach((box) => label(scene, row, number, table, box));
}

// How much of a core a bar used, as a line along its foot.
function cpuLine({ pen, colors, kinds }, percent, box, bottom) {
  if (percent < 0 || box.kind !== kinds.running || box.width < NARROWEST_CPU) return;
  const left = box.left + 3, room = box.width - 6, y = bottom - 4.5;
  shapes.line(pen, colors.cpuRoom, 2.6, [[left, y], [left + room, y]]);
  if (percent > 0) shapes.line(pen, colors.cpu, 2.6, [[left, y], [left + (room * percent) / 100, y]]);
}

// Two jobs that follow each other on a lane are kept apart by a hair of paper.
function seam(over, order) {
  const box = over[order], next = over[order + 1];
  return next && box.width > 4 && next.left - box.left - box.width < 1 ? box.width - 1.2 : box.width;
}

function under(scene, box, top, height) {
  const { pen, kinds, colors } = scene, middle = top + height / 2;
  if (box.kind === kinds.open) shapes.line(pen, colors.waitingEdge, 2, [[box.left, middle], [box.left + box.width, middle]]);
  else if (box.kind !== kinds.ready) shapes.bar(pen, scene.fillOf(null, box.kind), box.left, top, box.width, height);
  else if (box.width >= 3) shapes.line(pen, colors.readyEdge, 2.4, [[box.left + 1, middle], [box.left + box.width, middle]], [0.1, 4.4]);
}

// What stands on a bar: what it waits for, which call it is, or the line that takes so long.
function label(scene, row, number, table, box) {
  const { pen, frame, kinds, colors, view } = scene;
  if (box.kind === kinds.ready || box.kind === kinds.starting || box.kind === kinds.open || scene.hidesLabel(row, box)) return;
  const left = Math.max(box.left, frame.left), right = Math.min(box.left + box.width, frame.right), how = layoutOf.font(frame.sizes.twoLines ? 12.5 : 11);
  const text = firstThatFits(pen, view.textOf(table, box.at), how, right - left - 5);
  const color = box.kind === kinds.waiting ? colors.waitingText : box.kind === kinds.running ? colors.runningText : colors.blockingText;
  const y = frame.middle(number) + 4.3, x = (left + right) / 2;
  if (text && box.kind === kinds.blocking) {
    const wide = layoutOf.widthOf(pen, text, how);
    pen.fillStyle = colors.blocking;
    pen.fillRect(x - wide / 2 - 4, y - 12, wide + 8, 16);
  }
  shapes.text(pen, text, x, y, how, color, "center");
}

// All of it, else the function without its arguments, else as much as tells something.
function firstThatFits(pen, text, how, room) {
  if (layoutOf.widthOf(pen, text, how) <= room) return text;
  const called = /^([^()]+)\(.*\)$/.exec(text);
  if (called && layoutOf.widthOf(pen, called[1], how) <= room) return called[1];
  const cut = layoutOf.fit(pen, text, how, room);
  return cut.length >= 5 ? cut : "";
}

// One task: shares of time over the whole height. Many of one loop: how many there are above, and below when one of them ran.
function band(scene, row, number, found) {
  const { frame, pen } = scene, top = frame.y(number), height = frame.sizes.bar, strip = found.many && !found.parallel ? height * 0.3 : 0;
  const heights = strip ? stacked(found, height - strip - GAP) : shares(found, height), base = top + height - (strip ? strip + GAP : 0);
  const parts = strip ? [["waiting", heights.waiting], ["ready", heights.ready]]
    : [["running", heights.running], ["ready", heights.ready], ["waiting", heights.waiting]];
  const low = new Float32Array(found.count).fill(base);
  parts.forEach(([name, tall]) => steps(scene, row, found, name, low, tall));
  if (strip) {
    const tall = found.running.map((value) => (value > 1e-9 ? Math.max(shapes.NARROWEST, Math.min(1, value) * strip) : 0));
    steps(scene, row, found, "running", new Float32Array(found.count).fill(top + height), tall);
  }
  const boxes = blocked(scene, row, found, top, height);
  if (found.many && height >= 24) atOnce(scene, found, boxes, top + (height - strip) / 2 + 4);
  scene.drawn.columns += found.count;
}

// How many there were at most, written on the band.
function atOnce({ pen, frame, view, colors }, found, boxes, y) {
  const left = frame.x(found.from), right = frame.x(found.from + found.step * found.count);
  const how = layoutOf.font(12), text = view.say.fill("up to {} at once", [view.say.number(found.peak)]), wide = layoutOf.widthOf(pen, text, how);
  const filled = found.waiting.findIndex((value) => value > found.peak * 0.6);
  if (filled < 0 || wide > (right - left) / 2) return;
  const x = Math.min(Math.max((left + right) / 2, left + (filled * (right - left)) / found.count + wide / 2 + 6), right - wide / 2 - 6);
  if (boxes.some(([from, to]) => from < x + wide / 2 + 4 && to > x - wide / 2 - 4)) return;
  shapes.text(pen, text, x, y, how, colors.waitingText, "center");
}

function stacked(found, room) {
  const unit = room / found.peak;
  return { waiting: found.waiting.map((value, at) => (value + found.running[at]) * unit), ready: found.ready.map((value) => value * unit) };
}

function shares(found, height) {
  const out = { running: new Float32Array(found.count), ready: new Float32Array(found.count), waiting: new Float32Array(found.count) };
  for (let at = 0; at < found.count; at++) {
    const running = found.running[at], rest = found.ready[at] + found.waiting[at], total = running + rest;
    const alive = height * Math.min(1, total / found.peak), share = running > 1e-9 ? Math.max(running / total, LEAST_SHARE) : 0;
    out.running[at] = share * alive;
    out.ready[at] = rest > 1e-12 ? (found.ready[at] / rest) * (1 - share) * alive : 0;
    out.waiting[at] = rest > 1e-12 ? (found.waiting[at] / rest) * (1 - share) * alive : 0;
  }
  return out;
}

// Columns of one state in one path, on those painted before; neighbours that look the same are one box.
function steps(scene, row, found, name, low, tall) {
  const { pen, frame } = scene, edge = (at) => frame.x(found.from + at * found.step);
  pen.fillStyle = scene.fillOf(row, scene.kinds[name]).face;
  pen.beginPath();
  for (let at = 0, next; at < found.count; at = next) {
    for (next = at + 1; next < found.count && alike(low, at, next) && alike(tall, at, next);) next += 1;
    if (tall[at] >= 0.05) scene.banded.add(name);
    if (tall[at] >= 0.05) pen.rect(edge(at), low[at] - tall[at], edge(next) - edge(at) + 0.4, tall[at]);
  }
  pen.fill();
  for (let at = 0; at < found.count; at++) low[at] -= tall[at];
}

function alike(values, one, other) { return Math.abs(values[one] - values[other]) < SAME; }

// Steps that block the loop are few, and stay to be seen; returns where they stand.
function blocked(scene, row, found, top, height) {
  const { view, frame, pen, kinds } = scene, table = found.blocking || view.data.slices;
  const boxes = [], rows = found.blocking ? found.blocking.start.map((_, at) => at) : table ? view.data.blocking(row.lanes) : [];
  for (const at of rows) {
    const left = frame.x(table.start[at]), right = frame.x(table.start[at] + table.length[at]);
    if (right >= frame.left && left <= frame.right) {
      shapes.bar(pen, scene.fillOf(row, kinds.blocking), left, top, Math.max(right - left, shapes.NARROWEST), height);
      boxes.push([left, right]);
    }
  }
  return boxes;
}
