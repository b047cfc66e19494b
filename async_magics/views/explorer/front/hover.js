// What is below a point, and the box that tells it.

const NEAR = 2, NEAR_MARK = 8, MOST_LOOKED_AT = 60;

// The row, the slice and the moment at a point of the canvas; null outside the rows.
function targetAt(view, x, y) {
  const { frame } = view, number = frame ? frame.rowAt(y) : -1;
  if (number < 0 || x > frame.right + 3) return null;
  return x < frame.left - 3 ? plain(view, number, frame.t(x), true) : targetOf(view, number, frame.t(x));
}

function plain(view, number, t_ns, gutter) {
  const row = view.frame.rows[number], lane = row.lanes.length === 1 ? row.lanes[0] : -1;
  return { row, number, t_ns, gutter, lane, slice: -1, table: null, task: lane < 0 ? null : view.data.lanes.task[lane], line: -1, place: null };
}

function targetOf(view, number, t_ns) {
  const found = plain(view, number, t_ns, false), { frame } = view;
  return found.lane < 0 ? found : withSlice(view, found, frame.t(NEAR) - frame.t(0));
}

function withSlice(view, found, slack) {
  const { table, low, high } = slicesNear(view, found, slack), at = nearest(table, low, high, found.t_ns, view.data.kinds);
  if (at < 0) return found;
  const line = table.line[at];
  return Object.assign(found, { table, slice: at, task: table.task[at], line, place: line < 0 ? null : table.places[line] });
}

function slicesNear(view, { row, lane, t_ns }, slack) {
  if (!view.data.slices) return view.remote.cut(row.lanes);
  const [low, high] = view.data.range(lane, t_ns - slack, t_ns + slack), table = view.data.slices;
  if (high - low <= MOST_LOOKED_AT) return { table, low, high };
  const at = view.data.at(lane, t_ns);
  return { table, low: at, high: at < 0 ? at : at + 1 };
}

// A step too short to be pointed at exactly goes before the wait that surrounds it.
function nearest(table, low, high, t, kinds) {
  let best = -1, least = Infinity;
  for (let at = Math.max(0, low); table && at < high; at++) {
    const begin = table.start[at], end = begin + table.length[at], away = Math.max(begin - t, t - end, 0);
    const size = away + table.length[at] / (table.kind[at] >= kinds.running ? 1e6 : 1e3);
    if (size < least && (away === 0 || table.kind[at] >= kinds.running)) { best = at; least = size; }
  }
  const outside = best >= 0 && Math.max(table.start[best] - t, t - table.start[best] - table.length[best]) > 0;
  return outside && !closeTo(table, best, t, high - low) ? -1 : best;
}

// Answers of the kernel hold whole windows: of these only what lies at the pointer counts.
function closeTo(table, at, t, count) {
  return count <= MOST_LOOKED_AT || Math.max(table.start[at] - t, t - table.start[at] - table.length[at]) <= table.length[at];
}

function hovering(view) {
  const box = document.createElement("div"), told = tips(view);
  box.className = "am-tip";
  box.hidden = true;
  view.root.appendChild(box);

  function linesOf(target) {
    if (target.slice >= 0) return told.slice(target.lane, target.table, target.slice);
    return target.lane < 0 ? told.group(target.row, target.t_ns) : told.gap(target.row, target.t_ns);
  }

  // Remarks, prints and ends that stand at the point.
  function extras(target, x, y) {
    const { data, frame } = view, found = [];
    (view.discs || []).forEach(([left, top, said]) => {
      if (Math.hypot(left - x, top - y) <= 9) found.push([`${said.number}  ${said.text}`, "remark"]);
    });
    if (!target || target.gutter) return found;
    data.prints.forEach(([t, task, text]) => {
      if (found.length < 5 && view.finder.of(task) === target.number && Math.abs(frame.x(t) - x) <= 4) found.push([`${view.words("printed")}: ${text.trimEnd()}`, "printed"]);
    });
    (target.lane < 0 ? data.badEnds(target.row.lanes) : data.endsOf(target.lane)).forEach((end) => {
      if (found.length < 5 && Math.abs(frame.x(end.t) - x) <= NEAR_MARK) {
        found.push([[data.tasks.name[end.task], view.words(end.outcome), end.text].filter(Boolean).join(" · "), "end"]);
      }
    });
    return found;
  }

  function show(lines, x, y) {
    box.replaceChildren(...lines.map(([text, style]) => {
      const line = document.createElement("div");
      line.className = `am-tip-${style}`;
      line.textContent = text.length > 400 ? text.slice(0, 400) + "…" : text;
      return line;
    }));
    box.hidden = false;
    const canvas = view.canvas.getBoundingClientRect(), root = view.root.getBoundingClientRect();
    const left = canvas.left - root.left + x, top = canvas.top - root.top + y;
    const fits = left + 16 + box.offsetWidth <= view.root.clientWidth;
    box.style.left = `${Math.max(0, fits ? left + 16 : Math.min(left, view.root.clientWidth) - box.offsetWidth - 12)}px`;
    box.style.top = `${root.top + top + 18 + box.offsetHeight > window.innerHeight && top > box.offsetHeight ? top - box.offsetHeight - 10 : top + 18}px`;
  }

  function at(x, y) {
    const target = targetAt(view, x, y), lines = target ? linesOf(target) : [];
    const all = [...lines, ...extras(target, x, y)];
    if (all.length) show(all, x, y); else hide();
    view.tell("hover", target);
    return target;
  }

  function hide() { box.hidden = true; }

  return { at, show, hide, linesOf };
}

Object.assign(hovering, { targetOf });
