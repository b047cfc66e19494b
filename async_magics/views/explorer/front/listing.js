// The chart as a table, for those who cannot see it or would rather read.

const MOST_LISTED = 300;

function listingPanel(view) {
  const { box, body, count } = panel(view, view.places.below, "tasks", false);
  const table = element("table", "am-table");
  const more = button("", () => { most += MOST_LISTED; draw(); }, "am-rest");
  body.append(element("p", "am-faint", view.data.alt), scrolled(view, table, "panel tasks"), more);
  let most = MOST_LISTED;
  const draw = () => {
    const found = shownTasks(view);
    count.textContent = view.say.number(found.length);
    if (!box.open) return;
    const keys = ["task", "call", "kind", "column created", "column ended", "life", "outcome"];
    const head = element("tr", "", ...keys.map((key, number) => heading(view, key, number > 2 && number < 6)));
    table.replaceChildren(element("thead", "", head), element("tbody", "", ...found.slice(0, most).map((task) => listingRow(view, task))));
    more.hidden = found.length <= most;
    more.textContent = fill(view, "more", [view.say.number(found.length - most)]);
  };
  const soon = later(draw);
  box.addEventListener("toggle", draw);
  view.on("change", (patch) => { if (touches(patch, ["filter", "sort", "open"])) soon(); });
  draw();
}

// The tasks of the rows shown, in their order, those of a worker after it.
function shownTasks(view) {
  const { lanes, inner } = view.data;
  return view.rows().filter((row) => !row.open).flatMap((row) => row.lanes).flatMap((lane) => [
    lanes.task[lane], ...inner[lane].filter((task) => task !== lanes.task[lane] && view.data.laneOf[task] === lane)]);
}

function listingRow(view, task) {
  const { tasks } = view.data, { say } = view;
  const name = element("th", "", taskButton(view, task));
  name.scope = "row";
  const cell = (text, number) => element("td", number ? "am-figure" : "", text);
  return element("tr", "", name, cell(tasks.call[task]), cell(kindOf(view, task)), cell(seconds(view, tasks.created_ns[task]), true),
    cell(tasks.ended_ns[task] < 0 ? "" : seconds(view, tasks.ended_ns[task]), true),
    cell(say.duration(view.data.endOf(task) - tasks.created_ns[task]), true),
    element("td", "", sign(tasks.outcome[task]), " ", outcomeOf(view, task)));
}
