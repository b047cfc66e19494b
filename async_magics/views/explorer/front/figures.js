// Where the time of each task went in the window that is shown: the same sums as analysis/window.py makes.

const CARRIERS = new Set(["pool", "worker"]);
const MOST_FIGURES = 50;
const FIGURES = ["task", "column running", "column ready", "column waiting", "steps", "share"];

function windowTimes(view, from_ns, to_ns) {
  // A row [task, running, ready, waiting, steps] for every task with anything in the window, by id.
  const { slices, tasks } = view.data;
  const found = new Map();
  const rowOf = (task) => found.get(task) || found.set(task, [task, 0, 0, 0, 0]).get(task);
  const inside = (start, end) => {
    const took = Math.min(end, to_ns) - Math.max(start, from_ns);
    return took > 0 || (took === 0 && start === end) ? took : -1;
  };
  for (let at = 0; at < slices.start.length; at++) {
    const kind = tasks.kind[slices.task[at]];
    const took = inside(slices.start[at], slices.start[at] + slices.length[at]);
    if (took >= 0 && !CARRIERS.has(kind) && (kind !== "job" || slices.kind[at] >= view.data.kinds.running)) {
      add(view, rowOf(slices.task[at]), slices.kind[at], took);
    }
  }
  addQueued(view, inside, rowOf, found);
  return [...found.values()].sort((one, other) => one[0] - other[0]);
}

function add(view, row, kind, took) {
  if (kind >= view.data.kinds.running) {
    row[1] += took;
    row[4] += 1;
  } else if (kind >= view.data.kinds.ready) row[2] += took;
  else row[3] += took;
}

function addQueued(view, inside, rowOf, found) {
  // A lane shows of a job only when it ran: before that it was in the queue, in between it waited.
  const { kind, created_ns, begun_ns } = view.data.tasks;
  kind.forEach((own, task) => {
    if (own !== "job") return;
    const end = view.data.endOf(task);
    const begun = begun_ns[task] < 0 ? end : begun_ns[task];
    const queued = begun > created_ns[task] ? inside(created_ns[task], begun) : -1;
    const worked = end > begun ? inside(begun, end) : -1;
    if (queued > 0) rowOf(task)[2] += queued;
    if (worked > 0) rowOf(task)[3] += Math.max(0, worked - rowOf(task)[1]);
  });
}

function total(rows) {
  return rows.reduce((sums, row) => sums.map((sum, at) => (at ? sum + row[at] : -1)), [-1, 0, 0, 0, 0]);
}

// Of a trace too long to be sent whole the kernel knows the sums; a page without a kernel does not.
async function timesIn(view, from_ns, to_ns) {
  if (view.data.slices) return windowTimes(view, from_ns, to_ns);
  if (!view.host.figures) return null;
  try {
    return await view.host.figures(Math.round(from_ns), Math.round(to_ns));
  } catch (error) {
    view.hint(fill(view, "asked in vain", [error && error.message ? error.message : error]));
    return null;
  }
}

function figuresPanel(view) {
  const { box, body, count } = panel(view, view.places.below, "figures", false);
  const table = element("table", "am-table");
  const more = element("p", "am-faint");
  body.append(scrolled(view, table, "panel figures"), more);
  let asking = false, again = false;
  const draw = async () => {
    const { from_ns, to_ns } = view.state;
    count.textContent = fill(view, "window", { from: seconds(view, Math.max(0, from_ns)), to: seconds(view, Math.min(to_ns, view.data.end_ns)) });
    again = asking;  // the kernel is asked once it has answered: of a long trace that takes its time
    if (!box.open || asking) return;
    asking = true;
    const rows = await timesIn(view, from_ns, to_ns).finally(() => { asking = false; });
    if (again) draw(); else fillFigures(view, table, more, rows);
  };
  const soon = later(draw);
  box.addEventListener("toggle", draw);
  view.on("change", (patch) => { if (touches(patch, ["from_ns", "to_ns", "filter", "open", "sort"])) soon(); });
  draw();
}

function fillFigures(view, table, more, rows) {
  const head = element("tr", "", ...FIGURES.map((key, number) => heading(view, key, number > 0)));
  table.replaceChildren(element("thead", "", head));
  more.textContent = rows === null ? view.words("no figures") : "";
  if (rows === null) return;
  const shown = shownOnly(view, rows);
  const listed = shown.length > MOST_FIGURES ? [...shown].sort((one, other) => other[1] - one[1]).slice(0, MOST_FIGURES) : shown;
  const sums = total(shown);
  const body = element("tbody", "", ...listed.map((row) => figureRow(view, row, taskButton(view, row[0]))));
  const foot = element("tfoot", "", figureRow(view, sums, fill(view, "total", [view.say.number(shown.length)])));
  table.append(body, foot);
  if (listed.length < shown.length) more.textContent = fill(view, "busiest", [view.say.number(MOST_FIGURES)]);
}

function shownOnly(view, rows) {
  const lanes = new Set(view.rows().flatMap((row) => row.lanes));
  return rows.filter((row) => lanes.has(view.data.laneOf[row[0]]));
}

function figureRow(view, row, name) {
  const { from_ns, to_ns } = view.state;
  const share = view.say.number(100 * row[1] / (Math.min(to_ns, view.data.end_ns) - Math.max(0, from_ns) || 1)) + " %";
  const first = element("th", "", name);
  first.scope = "row";
  const made = element("tr", "", first, ...[1, 2, 3].map((at) => element("td", "am-figure", seconds(view, row[at]))),
    element("td", "am-figure", view.say.number(row[4])), element("td", "am-figure", share));
  made.dataset.task = row[0];
  made.dataset.figures = row.slice(1).join(" ");
  return made;
}
