// Paints the chart on a canvas: the same look as the static one. What is drawn depends on the window, not on the trace.

const PAGE_COLORS = ["paper", "ink", "faint", "grid", "axis", "running", "runningText", "ready", "readyText", "remark", "remarkText", "alarm", "path"];
const BELOW = 52;  // from the field to the legend

function painter(view) {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  canvas.className = "am-canvas";
  view.places.chart.appendChild(canvas);
  view.canvas = canvas;
  view.rows = rowsOf(view);
  view.remote = remote(view);
  view.focus = null; view.focused = false; view.flash = null; view.selecting = null;
  view.textOf = (table, at) => textOf(view, table, at);
  view.paint = () => paint(view, pen);
  view.goTo = (t, task) => goTo(view, t, task);
  view.bounded = (from, to) => bounded(view, from, to);
  view.show = (from, to) => view.set(bounded(view, from, to));
  view.colors = () => view.data.colors[themeOf(view)];
  const ended = watch(view);
  view.close = () => ended.forEach((end) => end());
}

// Repaint soon after a change, and when size, colours or sharpness of the page change.
function watch(view) {
  let frame = 0;
  const soon = () => { frame = frame || requestAnimationFrame(() => { frame = 0; view.paint(); }); };
  view.soon = soon;
  view.on("change", soon);
  const sizes = new ResizeObserver(soon), themes = new MutationObserver(soon), dark = matchMedia("(prefers-color-scheme: dark)");
  const prints = (on) => () => { view.printing = on; view.paint(); };
  sizes.observe(view.places.chart);
  themes.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
  const ended = [
    heard(dark, "change", soon), heard(window, "resize", soon), heard(window, "beforeprint", prints(true)), heard(window, "afterprint", prints(false)),
  ];
  return [...ended, () => sizes.disconnect(), () => themes.disconnect(), () => cancelAnimationFrame(frame), () => view.remote.stop()];
}

// Listen; what is returned stops it.
function heard(place, name, listener) {
  place.addEventListener(name, listener);
  return () => place.removeEventListener(name, listener);
}

function bounded(view, from, to) {
  const whole = Math.max(1, view.data.end_ns), span = Math.min(whole, Math.max(to - from, Math.min(200, whole)));
  const begin = Math.min(Math.max(0, (from + to - span) / 2), whole - span);
  return { from_ns: begin, to_ns: begin + span };
}

function goTo(view, t, task) {
  const span = Math.min(view.state.to_ns - view.state.from_ns, view.data.end_ns / 5), lane = task === null || task === undefined ? -1 : view.data.laneOf[task];
  const row = lane < 0 ? -1 : rowFinder(view, view.rows())(task);
  const top = row < 0 ? view.state.top_row : Math.max(0, row - 3);
  view.flash = { t_ns: t, task: lane < 0 ? null : task };
  view.set(Object.assign(bounded(view, t - span / 2, t + span / 2), { top_row: top }));
  clearTimeout(view.flashing);
  view.flashing = setTimeout(() => { view.flash = null; view.soon(); }, 1200);
}

// Which colours: those asked for; dark ones too where a page that can be dark is.
function themeOf(view) {
  if (view.printing) return "print";
  if (view.state.theme !== "system") return view.state.theme;
  const body = document.body, able = getComputedStyle(view.root).colorScheme.includes("dark");
  if (body.dataset.jpThemeLight === "false" || body.classList.contains("vscode-dark")) return "dark";
  return able && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// The colours for what stands around the canvas.
function themed(view) {
  const theme = themeOf(view), colors = view.data.colors[theme];
  if (view.theme !== theme) {  // the root outlives the view
    view.theme = view.root.dataset.amTheme = theme;
    for (const name of PAGE_COLORS) view.root.style.setProperty(`--am-${name}`, colors[name]);
    // Not of the root: that one says what the page can be.
    for (const place of Object.values(view.places)) place.style.colorScheme = theme === "dark" ? "dark" : "light";
    view.tell("theme", theme);
  }
  return theme;
}

function textOf(view, table, at) {
  const { kinds, tasks } = view.data, kind = table.kind[at];
  if (kind <= kinds.waiting) return table.text[at] < 0 ? "" : table.texts[table.text[at]];
  const task = table.task[at];
  if (tasks.kind[task] === "job") return tasks.call[task];
  const place = table.line[at] < 0 ? null : table.places[table.line[at]];
  if (!place) return kind === kinds.blocking ? view.say.duration(table.length[at]) : "";
  return place.text ? `${place.text}  ${view.say.where(place)}` : view.say.where(place);
}

function paint(view, pen) {
  const width = Math.floor(view.places.chart.clientWidth);
  if (width < 40) return;
  const scene = sceneOf(view, pen, width), { frame, colors } = scene;
  frame.legendTop = frame.bottom + BELOW + 8;
  fitCanvas(view, pen, width, frame.legendTop + axis.legendHeight(scene) + 4);
  pen.fillStyle = colors.paper;
  pen.fillRect(0, 0, width, view.canvas.height);
  if (!view.data.slices) askFor(view, frame);
  axis.head(scene);
  axis.grid(scene);
  axis.names(scene);
  field(scene);
  axis.time(scene);
  axis.legend(scene);
  view.frame = frame;
  view.drawn = scene.drawn;
  view.discs = scene.discs;
}

function askFor(view, frame) {
  const first = Math.max(0, Math.floor(view.state.top_row)), lanes = rowsInSight(frame, view).map((row) => row.lanes);
  view.remote.ask(frame.rows, first, lanes, Math.round(frame.right - frame.left));
}

// What must not leave the field is cut off at its borders.
function field(scene) {
  const { pen, frame } = scene;
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top - 20, frame.width - frame.left, frame.bottom - frame.top + 20);
  pen.clip();
  within(scene, frame.right + 1, () => { overlay.ways(scene); bars(scene); overlay.prints(scene); overlay.path(scene); overlay.arrows(scene); });
  overlay.ends(scene);
  pen.restore();
  overlay.cellEnd(scene);
  overlay.remarks(scene);
  within(scene, frame.right + 4, () => [overlay.range, overlay.focus, overlay.flash].forEach((draw) => draw(scene)));
  overlay.cursor(scene);
  overlay.scrollbar(scene);
}

function within({ pen, frame }, right, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(frame.left - 3, frame.top, right - frame.left + 3, frame.bottom - frame.top);
  pen.clip();
  draw();
  pen.restore();
}

function fitCanvas(view, pen, width, height) {
  const ratio = window.devicePixelRatio || 1, { canvas } = view;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function rowsInSight(frame, view) {
  const first = Math.max(0, Math.floor(view.state.top_row));
  return frame.rows.slice(first, Math.ceil(view.state.top_row + frame.shown));
}

// All that the parts of the painter ask for while one picture is drawn.
function sceneOf(view, pen, width) {
  const theme = themed(view), colors = view.data.colors[theme], frame = layoutOf(view, pen, width), { data, state } = view;
  state.top_row = Math.min(Math.max(0, state.top_row), frame.lastTop);
  const fills = fillsOf(view, pen, theme, colors), chosen = state.chosen;
  const causes = chosen === null || !state.causes ? null : causesFor(view, chosen), rowOf = rowFinder(view, frame.rows);
  return {
    view, pen, frame, colors, kinds: data.kinds, causes, rowOf, drawn: { bars: 0, columns: 0 }, discs: [], banded: new Set(),
    fillOf: (row, kind) => (row && row.color && kind === data.kinds.running ? { face: row.color, edge: "" } : fills[kind]),
    cut: (lanes, columns) => (data.slices ? data.cut(lanes, state.from_ns, state.to_ns, columns) : view.remote.cut(lanes)),
    dims: (row) => causes !== null && !row.lanes.some((lane) => causes.lanes.has(lane)),
    isChosen: (row) => chosen !== null && row.lanes.length === 1 && data.laneOf[chosen] === row.lanes[0],
    hidesLabel: (row, box) => box.kind > 0 && data.endsOf(row.lanes[0]).some((end) => end.text && endHides(frame, end, box)),
    visible(draw) { rowsInSight(frame, view).forEach((row, at) => draw(row, Math.max(0, Math.floor(state.top_row)) + at)); },
  };
}

function endHides(frame, end, box) { return frame.x(end.t) > box.left + 1 && frame.x(end.t) < box.left + box.width - 1; }

// Hatches are made once for each theme and sharpness.
function fillsOf(view, pen, theme, colors) {
  const key = `${theme} ${window.devicePixelRatio}`;
  if (!view.fills || view.fills.key !== key) view.fills = { key, made: shapes.fills(pen, colors) };
  return view.fills.made;
}

function causesFor(view, chosen) {
  if (!view.causes || view.causes.chosen !== chosen) view.causes = Object.assign(causesOf(view.data, chosen), { chosen });
  return view.causes;
}

function rowFinder(view, rows) {
  if (!view.finder || view.finder.rows !== rows) {
    const at = new Int32Array(view.data.count).fill(-1);
    rows.forEach((row, number) => row.lanes.forEach((lane) => { if (at[lane] < 0 || row.lanes.length === 1) at[lane] = number; }));
    view.finder = { rows, of: (task) => (task >= 0 && view.data.laneOf[task] >= 0 ? at[view.data.laneOf[task]] : -1) };
  }
  return view.finder.of;
}
