// Everything by keyboard: panning and zooming, lanes and slices, choosing; what is reached is read out.

function keying(view, hover) {
  const { canvas } = view, live = document.createElement("div"), help = document.createElement("div");
  live.className = help.className = "am-only-heard";
  live.setAttribute("aria-live", "polite");
  help.textContent = view.words("keys of the chart");
  help.id = `am-keys-${Math.random().toString(36).slice(2)}`;
  view.places.chart.append(live, help);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", view.data.alt);
  canvas.setAttribute("aria-describedby", help.id);

  const say = (text) => { live.textContent = text; };
  const reach = (target) => {
    if (!target) return;
    const { table, slice: at } = target, from = at < 0 ? view.state.from_ns : table.start[at], to = at < 0 ? view.state.to_ns : from + table.length[at];
    view.focus = { row: target.number, t_ns: target.t_ns, target, from, to };
    inView(view, from, to, target.number);
    say(hover.linesOf(target).map(([text]) => text).join("; "));
  };

  const steps = {
    ArrowLeft: (event) => (event.shiftKey ? reach(beside(view, -1)) : view.slide(-0.12)),
    ArrowRight: (event) => (event.shiftKey ? reach(beside(view, 1)) : view.slide(0.12)),
    ArrowUp: () => reach(lane(view, -1)), ArrowDown: () => reach(lane(view, 1)),
    PageUp: () => rows(view, -1), PageDown: () => rows(view, 1),
    ",": () => reach(beside(view, -1)), ".": () => reach(beside(view, 1)),
    "+": () => view.zoom(0.6), "=": () => view.zoom(0.6), "-": () => view.zoom(1 / 0.6), "0": () => view.glide(0, view.data.end_ns),
    Home: () => view.glide(0, view.data.end_ns),
    Enter: () => enter(view, hover), " ": () => enter(view, hover),
    Escape: () => { hover.hide(); view.selecting = null; view.set({ chosen: null }); view.tell("choose", null); },
  };

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in steps) || !view.frame) return;
    event.preventDefault();
    event.stopPropagation();  // a notebook has keys of its own
    steps[event.key](event);
  });
  const turned = (on) => () => { view.focused = on; view.root.classList.toggle("am-focused", on); if (!on) hover.hide(); view.soon(); };
  canvas.addEventListener("focus", turned(true));
  canvas.addEventListener("blur", turned(false));
  view.on("choose", (task) => say(task === null ? "" : view.say.fill("chosen: {}", [calledOf(view, task)])));
  view.on("rows", () => { view.focus = null; });
}

// The row above or below the one that was reached, at the moment that was reached.
function lane(view, by) {
  const { frame, state } = view, was = view.focus, count = frame.rows.length;
  if (!count) return null;
  const number = was ? Math.min(count - 1, Math.max(0, was.row + by)) : Math.floor(state.top_row);
  const t = was && was.t_ns >= state.from_ns && was.t_ns <= state.to_ns ? was.t_ns : (state.from_ns + state.to_ns) / 2;
  return at(view, number, t);
}

function at(view, number, t) {
  const found = hovering.targetOf(view, number, t);
  return found.lane >= 0 && found.slice < 0 ? firstOf(view, found) || found : found;
}

// A lane that has nothing at the moment: its slice nearest to it.
function firstOf(view, found) {
  const table = view.data.slices;
  if (!table) return null;
  const low = table.first[found.lane], high = table.first[found.lane + 1];
  if (low === high) return null;
  const [, next] = view.data.range(found.lane, found.t_ns, found.t_ns), slice = Math.min(high - 1, Math.max(low, next < high ? next : high - 1));
  return targetOf(view, found, table, slice);
}

function targetOf(view, found, table, slice) {
  const line = table.line[slice], t_ns = table.start[slice] + table.length[slice] / 2;
  return Object.assign({}, found, { table, slice, t_ns, task: table.task[slice], line, place: line < 0 ? null : table.places[line] });
}

// The slice before or after the one that was reached.
function beside(view, by) {
  const was = view.focus && view.focus.target;
  if (!was || was.slice < 0) return lane(view, 0);
  const table = view.data.slices || view.remote.cut(was.row.lanes).table || was.table;
  const low = view.data.slices ? table.first[was.lane] : 0, high = view.data.slices ? table.first[was.lane + 1] : table.start.length;
  let slice = table === was.table ? was.slice : low;  // the kernel has answered for another window since: where it stands there
  if (table !== was.table) while (slice + 1 < high && table.start[slice + 1] <= was.t_ns) slice += 1;
  return targetOf(view, was, table, Math.min(high - 1, Math.max(low, slice + by)));
}

function rows(view, by) {
  const { frame } = view;
  view.set({ top_row: Math.min(Math.max(0, view.state.top_row + by * Math.max(1, frame.shown - 1)), frame.lastTop) });
}

// Move the window no more than it takes to see what was reached.
function inView(view, from, to, row) {
  const { state, frame } = view, span = state.to_ns - state.from_ns, top = Math.floor(frame.shown);
  const first = row < state.top_row ? row : row > state.top_row + frame.shown - 1 ? row - top + 1 : state.top_row;
  const inside = to >= state.from_ns && from <= state.to_ns, middle = (from + to) / 2;
  view.set(Object.assign({ top_row: Math.max(0, first) }, inside ? {} : view.bounded(middle - span / 2, middle + span / 2)));
}

function enter(view, hover) {
  const was = view.focus;
  if (!was || !was.target) return;
  view.pick(was.target);
  const { frame } = view, x = Math.min(frame.right, Math.max(frame.left, (frame.x(was.from) + frame.x(was.to)) / 2));
  hover.show(hover.linesOf(was.target), x, frame.middle(was.row));
}
