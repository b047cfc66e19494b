// Search and filters: what does not match is left out of the rows, and how many there are is told.

const SECONDS_OF = { s: 1e9, ms: 1e6, us: 1e3 };

function searching(view) {
  const field = element("input", "am-search");
  field.type = "search";
  field.maxLength = 200;
  field.placeholder = view.words("search hint");
  const count = element("output", "am-faint am-found");
  let last = -1;
  const apply = () => {
    if (field.value === view.state.filter.text) return;
    last = -1;
    view.set({ filter: { ...view.state.filter, text: field.value }, top_row: 0 });
  };
  const change = later(apply);
  field.addEventListener("input", change);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) {
      field.value = "";
      change();
      event.stopPropagation();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    apply();
    const found = matchingTasks(view);
    if (!found.length) return;
    last = last < 0 && event.shiftKey ? found.length - 1 : (last + (event.shiftKey ? -1 : 1) + found.length) % found.length;
    goToTask(view, found[last]);
    announce(view, fill(view, "match", { n: view.say.number(last + 1), all: view.say.number(found.length), who: nameOf(view, found[last]) }));
  });
  const show = () => {
    if (document.activeElement !== field) field.value = view.state.filter.text;
    const kept = keptLanes(view), all = view.data.count;
    count.textContent = kept.length === all ? "" : fill(view, "shown", { n: view.say.number(kept.length), all: view.say.number(all) });
    if (count.textContent && !kept.length) count.textContent = view.words("nothing matches");
  };
  view.on("change", (patch) => { if (touches(patch, ["filter"])) show(); });
  view.focusSearch = () => { field.focus(); field.select(); };
  return element("div", "am-group", labelled(view.words("search"), field), count);
}

function keptLanes(view) {
  const kept = matching(view.data, view.state.filter);
  return [...view.data.lanes.task.keys()].filter((lane) => kept === null || kept[lane]);
}

// The tasks that Enter goes through: on each lane that is left those with the text, or the lane's own.
function matchingTasks(view) {
  const { lanes, inner, tasks } = view.data, text = view.state.filter.text.trim().toLowerCase();
  return keptLanes(view).flatMap((lane) => {
    const own = lanes.task[lane];
    const has = inner[lane].filter((task) => text && `${tasks.name[task]} ${tasks.call[task]}`.toLowerCase().includes(text));
    return has.length && !has.includes(own) ? has : [own];
  });
}

function filtering(view) {
  const found = menu(view, view.words("filter"));
  const present = (column) => [...new Set(view.data.tasks[column])].sort();
  const any = ["", view.words("any")];
  const patch = (changed) => view.set({ filter: { ...view.state.filter, ...changed }, top_row: 0 });
  const fields = {
    state: choice([any, ...statesSeen(view).map((state) => [state, view.words(state)])], (state) => patch({ state })),
    kind: choice([any, ...present("kind").map((kind) => [kind, view.words("kind " + kind)])], (kind) => patch({ kind })),
    outcome: choice([any, ...present("outcome").map((outcome) => [outcome, view.words(outcome)])], (outcome) => patch({ outcome })),
  };
  const longer = longerThan(view, patch);
  const clear = button(view.words("clear"), () => {
    longer.clear();
    patch({ state: "", kind: "", outcome: "", longer_ns: 0 });
  });
  found.body.append(...Object.entries(fields).map(([key, field]) => labelled(view.words(key), field)), longer.element, clear);
  view.on("change", (changed) => {
    const now = view.state.filter;
    for (const [key, field] of Object.entries(fields)) field.value = now[key];
    if (touches(changed, ["filter"])) longer.show();
    const set = ["state", "kind", "outcome", "longer_ns"].filter((key) => now[key]).length;
    found.summary.textContent = view.words("filter") + (set ? ` (${view.say.number(set)})` : "");
  });
  return found.box;
}

function statesSeen(view) {
  const { slices, kinds } = view.data;
  if (!slices) return [];
  const seen = new Set(slices.kind);
  return ["running", "blocking", "ready", "waiting", "starting"].filter((state) => seen.has(kinds[state]));
}

function longerThan(view, patch) {
  const amount = element("input", "am-amount"), unit = choice(Object.keys(SECONDS_OF).map((key) => [key, view.words("unit " + key)]), () => tell());
  amount.type = "number";
  amount.min = "0";
  amount.step = "any";
  unit.setAttribute("aria-label", view.words("unit"));
  const tell = () => patch({ longer_ns: Math.max(0, Number(amount.value) || 0) * SECONDS_OF[unit.value] });
  amount.addEventListener("input", later(tell));
  // Of a chart that replaces another: what was asked for there.
  const show = () => {
    const wanted = view.state.filter.longer_ns;
    if (wanted && !amount.value) [amount.value, unit.value] = [wanted / SECONDS_OF.s, "s"];
  };
  const made = labelled(view.words("longer than"), amount);
  made.replaceChildren(made.firstChild, element("span", "am-pair", amount, unit));
  return { element: made, show, clear: () => { amount.value = ""; } };
}
