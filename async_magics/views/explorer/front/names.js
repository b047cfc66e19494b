// What the panels call tasks and moments.

function fill(view, key, values) { return view.say.fill(key, values); }

// Seconds for a column: all with as many decimals as the length of the whole deserves.
function seconds(view, ns) {
  const at = [100, 10, 1, 0.1, 0.01].findIndex((whole) => view.data.end_ns / 1e9 >= whole);
  const decimals = at < 0 ? 6 : at + 1, least = Math.pow(10, -decimals);
  if (ns > 0 && ns / 1e9 < least / 2) return "<" + view.say.number(least, decimals);
  return ns ? view.say.number(ns / 1e9, decimals) : view.say.number(0);
}

// A moment, with as many digits as the length of the whole deserves.
function when(view, ns) { return view.say.moment(ns, 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, view.data.end_ns) / 300)))); }

function nameOf(view, task) {
  const lane = view.data.laneOf[task];
  if (lane >= 0 && view.data.lanes.task[lane] === task) return view.data.lanes.name[lane];
  return view.data.tasks.kind[task] === "job" && view.data.tasks.call[task] ? view.data.tasks.call[task] : view.data.tasks.name[task];
}

function outcomeOf(view, task) {
  const { outcome, end_text } = view.data.tasks;
  return view.words(outcome[task]) + (end_text[task] ? ": " + end_text[task] : "");
}

// The shape that stands at the end of a task on the chart.
function sign(outcome) {
  const made = element("span", "am-sign am-sign-" + outcome, { returned: "●", raised: "✕", cancelled: "■", unfinished: "▸" }[outcome]);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function kindOf(view, task) { return view.words("kind " + view.data.tasks.kind[task]); }

// A name that goes to its task.
function taskButton(view, task) {
  return button(nameOf(view, task), () => goToTask(view, task), "am-link");
}

function goToTask(view, task) {
  const { begun_ns, created_ns } = view.data.tasks;
  view.set({ chosen: task });
  view.tell("choose", task);
  view.goTo(begun_ns[task] < 0 ? created_ns[task] : begun_ns[task], task);
}

function touches(patch, names) { return names.some((name) => name in patch); }
