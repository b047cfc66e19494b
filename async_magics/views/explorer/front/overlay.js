// What stands over the bars: ends, the end of the cell, arrows, the critical path, remarks, the cursor, the focus.

const MOST_ARROWS = 300, MOST_FEW = 24, MOST_LARGE = 12, SOLID = new Set(["cancel", "submit", "result"]);

const overlay = (function () {
  function cellEnd({ pen, frame, colors, view }) {
    const t = view.data.cell_end_ns;
    if (t < 0 || t >= view.data.end_ns || t < view.state.from_ns || t > view.state.to_ns) return;
    const x = frame.x(t), near = x > frame.left + 0.85 * (frame.right - frame.left);
    shapes.line(pen, colors.axis, 1.3, [[x, frame.top - 16], [x, frame.bottom]], [5, 3]);
    shapes.text(pen, view.words("cell end"), x + (near ? -5 : 5), frame.top - 7, layoutOf.font(11.5), colors.ink, near ? "right" : "left");
  }

  function ends(scene) {
    scene.visible((row, number) => {
      scene.pen.globalAlpha = scene.dims(row) ? 0.28 : 1;
      const found = row.lanes.length > 1 ? [] : scene.view.data.endsOf(row.lanes[0]);
      if (row.lanes.length > 1 || found.length > MOST_LARGE) badEnds(scene, row, number);
      else found.forEach((end) => oneEnd(scene, row.lanes[0], number, end));
      scene.pen.globalAlpha = 1;
    });
  }

  function oneEnd(scene, lane, number, end) {
    const { pen, frame, colors } = scene, x = frame.x(end.t), size = frame.sizes.twoLines ? 6.4 : 5;
    if (x < frame.left - 1 || x > frame.right + 1) return;
    if (end.text) endText(scene, number, end, x, size, nextAfter(scene, lane, end.t));
    shapes.end(pen, end.outcome, colors, x, frame.middle(number), size);
  }

  // Of a group: those that failed or were cancelled, one mark where several would cover each other.
  function badEnds(scene, row, number) {
    const { pen, frame, colors, view } = scene, last = {};
    for (const end of view.data.badEnds(row.lanes)) {
      const x = frame.x(end.t);
      if (x < frame.left - 1 || x > frame.right + 1 || x - last[end.outcome] < 3) continue;
      last[end.outcome] = x;
      shapes.end(pen, end.outcome, colors, x, frame.y(number) + 4, 3.4);
    }
  }

  // Where the lane goes on after an end, as that of a worker does; null where nothing follows.
  function nextAfter({ view, frame }, lane, t) {
    const table = view.data.slices, next = table ? view.data.range(lane, t, t + 1)[1] : 0;
    return table && next < table.first[lane + 1] ? frame.x(table.start[next]) : null;
  }

  // Right of the mark where there is room, else left of it on paper; nowhere if the lane goes on, for hovering tells it, too.
  function endText(scene, number, end, x, size, next) {
    const { pen, frame, colors } = scene, failed = end.outcome === "raised", how = layoutOf.font(11.5, failed);
    const room = (next === null ? frame.width : next) - x - size - 8, fits = (text) => layoutOf.widthOf(pen, text, how) <= room;
    const right = [end.text, end.text.split(": ")[0]].find(fits) || "";
    if (!right && next !== null) return;
    const text = right || layoutOf.fit(pen, end.text, how, Math.min(200, x - frame.left - 10)), wide = layoutOf.widthOf(pen, text, how);
    const left = right ? x + size + 4 : x - size - 5 - wide, y = frame.middle(number) + 4;
    if (!text) return;
    pen.fillStyle = colors.paper;
    pen.fillRect(left - 2, y - 11, wide + 4, 15);
    shapes.text(pen, text, left, y, how, failed ? colors.alarm : colors.faint);
  }

  // Below the bars of a lane as long as the path stays there, then across to the next.
  function path({ pen, frame, colors, view, rowOf }) {
    if (!view.state.path) return;
    const points = [];
    view.data.path.forEach(([task, start, end]) => {
      const row = rowOf(task);
      if (row < 0) return;
      const y = frame.y(row) + frame.sizes.bar + 3.5;
      points.push([frame.x(start), y], [frame.x(end), y]);
    });
    if (points.length) shapes.line(pen, colors.path, 3, points);
  }

  function arrows(scene) {
    const { view } = scene, chosen = view.state.chosen;
    if (scene.causes) causes(scene);
    if (!view.state.arrows) return;
    if (chosen === null) { few(scene, view.data.few.cancels, scene.colors.ink); return; }
    let left = MOST_ARROWS;
    for (const edge of view.data.edges) {
      const wanted = edge[1] === chosen || edge[3] === chosen;
      if (wanted && left > 0 && joined(scene, edge, edge[0] === "cancel" ? scene.colors.ink : scene.colors.faint, 1.2)) left -= 1;
    }
    wakes(scene, chosen, left);
  }

  // Behind the bars, without a chosen task: the ways of calls and results that the static chart has, too.
  function ways(scene) {
    const { view } = scene;
    if (view.state.arrows && view.state.chosen === null) few(scene, view.data.few.handed, scene.colors.faint);
  }

  // All of them would be a thicket.
  function few(scene, edges, color) {
    const { from_ns, to_ns } = scene.view.state, found = edges.filter((edge) => edge[4] >= from_ns && edge[2] <= to_ns);
    if (found.length <= MOST_FEW) found.forEach((edge) => joined(scene, edge, color, 1));
  }

  function causes(scene) {
    scene.causes.links.slice(0, MOST_ARROWS).forEach((edge) => joined(scene, [edge[4], edge[0], edge[1], edge[2], edge[3]], scene.colors.path, 2));
  }

  // Who woke the chosen task, in the window.
  function wakes(scene, chosen, most) {
    const { view } = scene, { data, state } = view, lane = data.laneOf[chosen], table = data.slices;
    if (!table || lane < 0) return;
    const [low, high] = data.range(lane, state.from_ns, state.to_ns);
    for (let at = low; at < Math.min(high, low + 4000) && most > 0; at++) {
      const waker = table.waker[at];
      if (table.task[at] === chosen && waker >= 0 && waker !== chosen) {
        most -= joined(scene, ["wake", waker, table.start[at], chosen, table.start[at]], scene.colors.faint, 1) ? 1 : 0;
      }
    }
  }

  // An arrow from the edge of one row to the edge of another; false where it is out of sight.
  function joined({ pen, frame, view, rowOf }, [kind, source, start, target, end], color, width) {
    const from = rowOf(source), to = rowOf(target), { from_ns, to_ns, top_row: top } = view.state;
    if (from < 0 || to < 0 || from === to || end < from_ns || start > to_ns) return false;
    if (Math.max(from, to) < top - 1 || Math.min(from, to) > top + frame.shown) return false;
    const down = to > from, bar = frame.sizes.bar;
    const y0 = frame.y(from) + (down ? bar : 0), y1 = frame.y(to) + (down ? -1 : bar + 1);
    shapes.arrow(pen, color, width, frame.x(start), y0, frame.x(end), y1, SOLID.has(kind) ? [] : [5, 3]);
    return true;
  }

  // Discs stand on the upper edge of their lanes; those that would hide each other move aside, to the left where there is no more room on
  // the right. Where a row is full, those that follow are told in the list of notes only.
  function remarks({ pen, frame, colors, view, rowOf, discs }) {
    const taken = new Map(), full = new Set(), above = Math.ceil(view.state.top_row - 0.5) - 1, last = frame.width - layoutOf.EDGE;
    view.data.remarks.forEach((said) => {
      const row = said.task < 0 ? -1 : rowOf(said.task), x0 = frame.x(said.t_ns);
      if (x0 < frame.left - 1 || x0 > frame.right + 1 || (row >= 0 && !inSight(view, frame, row))) return;
      const place = row < 0 ? above : row, y = row < 0 ? frame.top - 10 : frame.y(row) - 1;
      if (full.has(place)) return;
      const near = [place - 1, place, place + 1].flatMap((one) => taken.get(one) || []);
      const hidden = (x) => near.some(([left, top]) => Math.abs(left - x) < 16 && Math.abs(top - y) < 15);
      let x = x0;
      while (x <= last && hidden(x)) x += 17;
      if (x > last) for (x = x0; x >= frame.left && hidden(x);) x -= 17;
      if (x < frame.left - 1) { full.add(place); return; }
      taken.set(place, [...(taken.get(place) || []), [x, y]]);
      discs.push([x, y, said]);
      shapes.disc(pen, colors, x, y, said.number);
    });
  }

  function inSight(view, frame, row) { return row >= view.state.top_row - 0.5 && row < view.state.top_row + frame.shown; }

  function prints({ pen, frame, colors, view, rowOf }) {
    const { from_ns, to_ns } = view.state;
    view.data.prints.forEach(([t, task]) => {
      const row = t < from_ns || t > to_ns ? -1 : rowOf(task);
      if (row >= 0 && inSight(view, frame, row)) {
        const y = frame.y(row) + frame.sizes.bar;
        shapes.line(pen, colors.ink, 1.4, [[frame.x(t), y + 1], [frame.x(t), y + 6]]);
      }
    });
  }

  function cursor({ pen, frame, colors, view }) {
    const t = view.state.cursor_ns;
    if (t === null || t < view.state.from_ns || t > view.state.to_ns) return;
    shapes.line(pen, colors.alarm, 2, [[frame.x(t), frame.top - 8], [frame.x(t), frame.bottom]]);
    pen.fillStyle = colors.alarm;
    pen.beginPath();
    [[-6, -12], [6, -12], [0, -3]].forEach(([dx, dy], at) => (at ? pen.lineTo : pen.moveTo).call(pen, frame.x(t) + dx, frame.top + dy));
    pen.fill();
  }

  // A frame around the slice that the keys have reached, and around a place that somebody jumped to.
  function focus({ pen, frame, colors, view }) {
    const { row, from, to } = view.focus || {};
    if (row === undefined || row < 0 || !view.focused) return;
    const left = Math.max(frame.left, frame.x(from)) - 2, right = Math.min(frame.right, frame.x(to)) + 2;
    if (right < frame.left || left > frame.right) return;
    pen.strokeStyle = colors.ink;
    pen.lineWidth = 2;
    pen.strokeRect(left, frame.y(row) - 2, Math.max(6, right - left), frame.sizes.bar + 4);
  }

  function flash({ pen, frame, colors, view, rowOf }) {
    if (!view.flash) return;
    const x = frame.x(view.flash.t_ns), row = view.flash.task === null ? -1 : rowOf(view.flash.task);
    shapes.line(pen, colors.path, 3, [[x, frame.top], [x, frame.bottom]]);
    if (row < 0) return;
    pen.strokeStyle = colors.path;
    pen.lineWidth = 3;
    pen.strokeRect(frame.left, frame.y(row) - 3, frame.right - frame.left, frame.sizes.bar + 6);
  }

  function range({ pen, frame, colors, view }) {
    if (!view.selecting) return;
    const [from, to] = view.selecting.map((t) => Math.min(frame.right, Math.max(frame.left, frame.x(t))));
    pen.globalAlpha = 0.16;
    pen.fillStyle = colors.path;
    pen.fillRect(Math.min(from, to), frame.top, Math.abs(to - from), frame.bottom - frame.top);
    pen.globalAlpha = 1;
  }

  function scrollbar({ pen, frame, colors, view }) {
    if (!frame.scrolls) return;
    const height = frame.bottom - frame.top, size = Math.max(24, (height * frame.shown) / frame.rows.length);
    const y = frame.top + ((height - size) * view.state.top_row) / Math.max(1e-9, frame.lastTop);
    pen.fillStyle = colors.grid;
    pen.fillRect(frame.width - 9, frame.top, 6, height);
    pen.fillStyle = colors.faint;
    pen.fillRect(frame.width - 9, y, 6, size);
  }

  return { cellEnd, ends, path, arrows, ways, remarks, prints, cursor, focus, flash, range, scrollbar };
})();
