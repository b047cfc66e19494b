// What is said about the place that is pointed at: [[text, style], …], the first line in bold.

const CAUSES = ["", "just created", "yielded", "woken by", "woken by a timer", "woken by input", "woken from a thread"];

// The decimal place that a length of time calls for.
function digitOf(ns) { return 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ns)))); }

// Name and call; the cell's own name is a word.
function calledOf({ data, words }, task) {
  const { name, call, kind } = data.tasks, own = kind[task] === "cell" && name[task] === "cell" ? words("kind cell") : name[task];
  return [own, call[task]].filter((text, at, all) => text && all.indexOf(text) === at).join(" · ");
}

function tips(view) {
  const { data, say } = view;

  function moments(from, to) {
    const step = digitOf(Math.min(to - from, view.state.to_ns - view.state.from_ns) / 100);
    return `${say.moment(from, step)} – ${say.moment(to, step)} · ${say.duration(to - from)}`;
  }

  function moment(t) { return say.moment(t, digitOf((view.state.to_ns - view.state.from_ns) / 400)); }

  function slice(lane, table, at) {
    const task = table.task[at], state = view.words(shapes.WORDS_OF_KIND[table.kind[at]]), what = table.text[at] < 0 ? "" : table.texts[table.text[at]];
    const lines = [[data.lanes.name[lane], "name"]];
    const more = data.lanes.task[lane] === task ? data.tasks.call[task] : calledOf(view, task);
    if (more && more !== data.lanes.name[lane]) lines.push([more, "call"]);
    lines.push([what ? `${state}: ${what}` : state, "state"], [moments(table.start[at], table.start[at] + table.length[at]), "time"]);
    const place = table.line[at] < 0 ? null : table.places[table.line[at]];
    if (place) lines.push([`${say.where(place)}${place.text ? `: ${place.text}` : ""}`, "code"]);
    if (table.cpu && table.cpu[at] >= 0) lines.push([`${view.words("cpu")}: ${say.duration((table.length[at] * table.cpu[at]) / 100)} (${table.cpu[at]} %)`, "time"]);
    const cause = causeText(table, at);
    if (cause) lines.push([cause, "cause"]);
    return lines;
  }

  function causeText(table, at) {
    if (!table.cause[at] && table.waker[at] < 0 && wasReady(table, at)) return causeText(table, at - 1);
    const waker = table.waker[at], who = waker >= 0 && waker !== table.task[at] ? calledOf(view, waker) : "", key = CAUSES[table.cause[at]] || "";
    if (key === "just created" && who) return say.fill("created by {}", [who]);
    if (key === "woken by" || !key) return who ? say.fill("woken by {}", [who]) : "";
    return view.words(key);
  }

  // Whether a step follows at once on being ready, which knows the cause.
  function wasReady(table, at) {
    const before = at - 1;
    return before >= 0 && table.kind[at] >= data.kinds.running && table.kind[before] === data.kinds.ready && table.task[before] === table.task[at]
      && table.start[before] + table.length[before] === table.start[at];
  }

  // How many of a group's tasks are in which state at a moment.
  function group(row, t) {
    const counts = [0, 0, 0], table = data.slices, of = [2, 2, 1, 1, 0, 0], lines = [[row.name, "name"]];
    if (row.detail) lines.push([row.detail, "call"]);
    if (table) {
      row.lanes.forEach((lane) => { const at = data.at(lane, t); if (at >= 0) counts[of[table.kind[at]]] += 1; });
      ["running", "ready", "waiting"].forEach((name, at) => lines.push([`${view.words(name)}: ${say.number(counts[at])}`, "state"]));
    }
    lines.push([moment(t), "time"]);
    return lines;
  }

  function gap(row, t) {
    const lane = row.lanes[0], task = data.lanes.task[lane], lines = [[row.name, "name"]];
    if (row.detail) lines.push([row.detail, "call"]);
    if (t >= data.endOf(task)) lines.push([[view.words(data.tasks.outcome[task]), data.tasks.end_text[task]].filter(Boolean).join(": "), "state"]);
    lines.push([moment(t), "time"]);
    return lines;
  }

  return { slice, group, gap, moments };
}
