// Around the field: title and figures, names and the tree left of the rows, time below them, the legend.

const axis = (function () {
  function head({ pen, frame, colors, view }) {
    const { head: place, width } = frame, { title, figures } = view.data, edge = layoutOf.EDGE;
    shapes.text(pen, layoutOf.fit(pen, title, layoutOf.font(17, true), place.room), edge, place.titleY, layoutOf.font(17, true), colors.ink);
    const text = layoutOf.fit(pen, figures, layoutOf.font(13), place.room);
    shapes.text(pen, text, place.beside ? width - edge : edge, place.figuresY, layoutOf.font(13), colors.faint, place.beside ? "right" : "left");
  }

  // Steps of 1, 2, 2.5 and 5 times a power of ten; seconds and minutes where the trace is long.
  function stepOf(span, most, long) {
    const steps = long ? [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000, 86400].map((n) => n * 1e9) : [];
    if (long && span / most >= 1e9) return steps.find((step) => span / step <= most) || Math.ceil(span / most);
    for (let power = 1; ; power *= 10) {
      for (const factor of [1, 2, 2.5, 5]) {
        if ((factor !== 2.5 || power > 1) && span / (factor * power) <= most) return factor * power;
      }
    }
  }

  function ticks({ pen, frame, view }) {
    const { from_ns, to_ns } = view.state, span = Math.max(1, to_ns - from_ns), long = view.data.end_ns > 1.5e11, how = layoutOf.font(12);
    let room = 62, step = 1;
    for (let round = 0; round < 3; round++) {
      step = stepOf(span, Math.max(1, Math.floor((frame.right - frame.left) / room)), long);
      const wide = layoutOf.widthOf(pen, view.say.moment(Math.floor(to_ns / step) * step, step, true), how) + 22;
      if (wide <= room) break;
      room = wide;
    }
    const found = [];
    for (let at = Math.ceil(from_ns / step); at * step <= to_ns; at++) found.push([at * step, view.say.moment(at * step, step, true)]);
    return found;
  }

  function grid(scene) {
    const { pen, frame, colors } = scene;
    scene.ticks = ticks(scene);
    scene.ticks.forEach(([t]) => shapes.line(pen, colors.grid, 1, [[frame.x(t), frame.top - 4], [frame.x(t), frame.bottom]]));
  }

  function time({ pen, frame, colors, view, ticks: found }) {
    shapes.line(pen, colors.axis, 1.2, [[frame.left, frame.bottom + 0.5], [frame.right, frame.bottom + 0.5]]);
    found.forEach(([t, text]) => {
      shapes.line(pen, colors.axis, 1.2, [[frame.x(t), frame.bottom], [frame.x(t), frame.bottom + 5]]);
      shapes.text(pen, text, frame.x(t), frame.bottom + 19, layoutOf.font(12), colors.ink, "center");
    });
    shapes.text(pen, view.say.unitOf()[1], (frame.left + frame.right) / 2, frame.bottom + 38, layoutOf.font(12.5), colors.ink, "center");
  }

  function names(scene) {
    const { pen, frame } = scene;
    pen.save();
    pen.beginPath();
    pen.rect(0, frame.top - 2, frame.left - 6, frame.bottom - frame.top + 4);
    pen.clip();
    scene.visible((row, number) => name(scene, row, number));
    branches(scene);
    pen.restore();
  }

  function name(scene, row, number) {
    const { pen, frame, colors, view } = scene, { sizes } = frame, middle = frame.middle(number);
    const left = layoutOf.EDGE + row.depth * layoutOf.INDENT, fold = row.group >= 0 ? 14 : 0, room = frame.left - 12 - left - fold;
    const bold = layoutOf.font(sizes.name, true), plain = layoutOf.font(sizes.detail);
    pen.globalAlpha = scene.dims(row) ? 0.45 : 1;
    if (fold) triangle(pen, colors.faint, left + 4, middle - (sizes.twoLines && row.detail ? 7 : 0), row.open);
    const text = layoutOf.fit(pen, row.name, bold, room), two = sizes.twoLines && row.detail;
    shapes.text(pen, text, left + fold, middle + (two ? -1.5 : 4.5), bold, scene.isChosen(row) ? colors.path : colors.ink);
    const beside = two ? 0 : layoutOf.widthOf(pen, text, bold) + 8;
    const detail = layoutOf.fit(pen, row.detail, plain, room - beside);
    shapes.text(pen, detail, left + fold + beside, middle + (two ? 12.5 : 4.5), plain, colors.faint);
    pen.globalAlpha = 1;
  }

  function triangle(pen, color, x, y, open) {
    pen.fillStyle = color;
    pen.beginPath();
    (open ? [[-4, -2], [4, -2], [0, 4]] : [[-2, -4], [4, 0], [-2, 4]]).forEach(([dx, dy], at) => (at ? pen.lineTo(x + dx, y + dy) : pen.moveTo(x + dx, y + dy)));
    pen.fill();
  }

  // From below a name down to those that it created; also where the creator has scrolled out of sight.
  function branches(scene) {
    const { pen, frame, colors } = scene, half = frame.sizes.twoLines ? 17 : 9;
    const drawn = new Map();
    scene.visible((row, number) => {
      if (row.parent === undefined || row.parent < 0) return;
      const x = layoutOf.EDGE + (row.depth - 1) * layoutOf.INDENT + 5.5, y = Math.round(frame.middle(number)) + 0.5;
      const from = drawn.has(row.parent) ? drawn.get(row.parent) : Math.max(frame.top - 4, frame.middle(row.parent) + half);
      shapes.line(pen, colors.faint, 1, [[x, from], [x, y], [x + 9, y]]);
      drawn.set(row.parent, y);
    });
  }

  // Only the signs that occur, in lines that are centred.
  function legend(scene) {
    const { pen, frame, colors, view } = scene, how = layoutOf.font(12.5), lines = [[]];
    let used = 0;
    signs(scene).forEach((sign) => {
      const wide = layoutOf.widthOf(pen, view.words(sign), how) + 62;
      if (used + wide > frame.width - 2 * layoutOf.EDGE && used) { lines.push([]); used = 0; }
      lines[lines.length - 1].push([sign, wide]);
      used += wide;
    });
    lines.forEach((line, at) => {
      let x = (frame.width - line.reduce((sum, [, wide]) => sum + wide, 0) + 18) / 2;
      line.forEach(([sign, wide]) => { swatch(scene, sign, x, frame.legendTop + at * 22); shapes.text(pen, view.words(sign), x + 38, frame.legendTop + at * 22 + 4.5, how, colors.ink); x += wide; });
    });
  }

  function signs({ view }) {
    const found = Array.from(view.data.signs);
    if (view.state.path && view.data.path.length) found.push("path");
    return found;
  }

  function swatch(scene, sign, x, y) {
    const { pen, colors, kinds } = scene;
    if (sign === "path") shapes.line(pen, colors.path, 3, [[x, y + 3], [x + 14, y + 3], [x + 14, y - 4], [x + 30, y - 4]]);
    else if (sign === "cancel" || sign === "handed") shapes.arrow(pen, sign === "cancel" ? colors.ink : colors.faint, 1.2, x + 22, y - 8, x + 22, y + 7);
    else if (sign === "printed") shapes.line(pen, colors.ink, 1.6, [[x + 22, y - 3], [x + 22, y + 3]]);
    else if (sign === "ready" && scene.banded.has("ready")) shapes.bar(pen, scene.fillOf(null, kinds.ready), x, y - 6, 30, 12);
    else if (sign === "ready") shapes.line(pen, colors.readyEdge, 2.4, [[x + 1, y], [x + 30, y]], [0.1, 4.4]);
    else if (sign === "cpu") cpuSwatch(pen, colors, x, y);
    else if (sign in kinds) shapes.bar(pen, scene.fillOf(null, kinds[sign]), x, y - 6, 30, 12);
    else shapes.end(pen, sign, colors, x + 22, y, 6);
  }

  function cpuSwatch(pen, colors, x, y) {
    shapes.bar(pen, { face: colors.running, edge: "" }, x, y - 6, 30, 12);
    shapes.line(pen, colors.cpuRoom, 2.6, [[x + 3, y + 2], [x + 27, y + 2]]);
    shapes.line(pen, colors.cpu, 2.6, [[x + 3, y + 2], [x + 16, y + 2]]);
  }

  function legendHeight(scene) {
    const { pen, frame, view } = scene, how = layoutOf.font(12.5);
    let lines = 1, used = 0;
    signs(scene).forEach((sign) => {
      const wide = layoutOf.widthOf(pen, view.words(sign), how) + 62;
      if (used + wide > frame.width - 2 * layoutOf.EDGE && used) { lines += 1; used = 0; }
      used += wide;
    });
    return lines * 22;
  }

  return { head, grid, time, names, legend, legendHeight };
})();
