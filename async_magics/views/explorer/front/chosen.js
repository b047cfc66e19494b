// All that is known about the chosen task.

const MOST_OF_A_LIST = 8;

function chosenPanel(view) {
  const { box, body, count } = panel(view, view.places.side, "chosen", true);
  let turn = 0, whole = null;
  const draw = async () => {
    const task = view.state.chosen, now = ++turn;
    count.textContent = "";
    box.classList.toggle("am-empty", task === null);
    if (task === null) {
      body.replaceChildren(element("p", "am-faint", view.words("choose a task")));
      return;
    }
    whole = whole || timesIn(view, 0, view.data.end_ns);
    const rows = await whole;
    if (rows === null) whole = null;  // the kernel may know next time
    if (now !== turn) return;
    count.textContent = nameOf(view, task);
    const times = (rows || []).find((row) => row[0] === task) || null;
    body.replaceChildren(facts(view, task, times), ...moreFacts(view, task), chosenButtons(view, task));
  };
  view.on("change", (patch) => { if (touches(patch, ["chosen"])) draw(); });
  box.addEventListener("toggle", draw);
  draw();
}

function facts(view, task, times) {
  const { tasks } = view.data, { say } = view;
  const made = element("dl", "am-facts");
  const fact = (key, ...inside) => made.append(element("dt", "", view.words(key)), element("dd", "", ...inside));
  if (tasks.name[task] !== nameOf(view, task)) fact("fact name", tasks.name[task]);
  if (tasks.call[task]) fact("call", element("code", "", tasks.call[task]));
  fact("kind", kindOf(view, task));
  fact("created", when(view, tasks.created_ns[task]), ...(tasks.line[task] ? [", ", lineButton(view, tasks.line[task])] : []),
    ...(tasks.parent[task] < 0 ? [] : [", ", view.words("created by"), " ", taskButton(view, tasks.parent[task])]));
  if (tasks.begun_ns[task] >= 0) fact("begun", when(view, tasks.begun_ns[task]));
  fact("outcome", sign(tasks.outcome[task]), " ", outcomeOf(view, task), tasks.ended_ns[task] < 0 ? "" : ", " + when(view, tasks.ended_ns[task]));
  if (tasks.result[task]) fact("result", element("code", "", tasks.result[task]));
  fact("life", say.duration(view.data.endOf(task) - tasks.created_ns[task]));
  if (times) {
    ["running", "ready", "waiting"].forEach((key, number) => fact(key, say.duration(times[number + 1])));
    fact("steps", say.number(times[4]));
  }
  return made;
}

function moreFacts(view, task) {
  if (!view.data.slices || view.data.laneOf[task] < 0) return [];
  const { waits, wakers } = waitsAndWakers(view, task);
  return [counted(view, "woken by", wakers, (times) => "× " + view.say.number(times)), counted(view, "waited for", waits, view.say.duration)];
}

function waitsAndWakers(view, task) {
  const { slices, laneOf, kinds } = view.data, lane = laneOf[task];
  const waits = new Map(), wakers = new Map();
  let waited = false;
  for (let row = slices.first[lane]; row < slices.first[lane + 1]; row++) {
    if (slices.task[row] !== task) continue;
    if (waited) {
      const who = slices.waker[row] >= 0 ? slices.waker[row] : "cause " + slices.cause[row];
      wakers.set(who, (wakers.get(who) || 0) + 1);
    }
    waited = slices.kind[row] === kinds.waiting;
    if (waited) {
      const text = slices.text[row] < 0 ? view.words("cause 0") : slices.texts[slices.text[row]];
      waits.set(text, (waits.get(text) || 0) + slices.length[row]);
    }
  }
  return { waits, wakers };
}

function counted(view, key, found, said) {
  if (!found.size) return "";
  const ordered = [...found].sort((one, other) => other[1] - one[1]);
  const list = element("ul", "am-list", ...ordered.slice(0, MOST_OF_A_LIST).map(([what, much]) => element("li", "",
    typeof what === "number" ? taskButton(view, what) : element("span", "", what.startsWith("cause ") ? view.words(what) : what),
    element("span", "am-much", said(much)))));
  if (ordered.length > MOST_OF_A_LIST) {
    list.append(element("li", "am-faint", fill(view, "more", [view.say.number(ordered.length - MOST_OF_A_LIST)])));
  }
  return element("div", "", element("h4", "", view.words(key)), list);
}

function chosenButtons(view, task) {
  const made = element("div", "am-buttons");
  const { parent } = view.data.tasks;
  if (parent[task] >= 0) made.append(button(view.words("to its creator"), () => goToTask(view, parent[task])));
  const children = [];
  parent.forEach((creator, number) => { if (creator === task && number !== task) children.push(number); });
  if (!children.length) return made;
  const list = choice([["", fill(view, "children", [view.say.number(children.length)])],
    ...children.slice(0, 500).map((child) => [String(child), nameOf(view, child)])], (chosen) => chosen && goToTask(view, Number(chosen)));
  list.setAttribute("aria-label", view.words("to a child"));
  made.append(list);
  return made;
}
