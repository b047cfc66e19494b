// What is said about the place that is pointed at: [[text, style], …], the first line in bold.

const CAUSES = ["", "just created", "yielded", "woken by", "woken by a timer", "woken by input", "woken from a thread"];

function tips(view) {
  const { data, say } = view;

  function moments(from, to) {
    const step = Math.max(1, Math.min(to - from, view.state.to_ns - view.state.from_ns) / 100);
    return `${say.moment(from, step)} – ${say.moment(to, step)} · ${say.duration(to - from)}`;
  }

  function called(task) { return [data.tasks.name[task], data.tasks.call[task]].filter((text, at, all) => text && all.indexOf(text) === at).join(" · "); }

  function slice(lane, table, at) {
    const task = table.task[at], state = view.words(shapes.WORDS_OF_KIND[table.kind[at]]), what = table.text[at] < 0 ? "" : table.texts[table.text[at]];
    const lines = [[data.lanes.name[lane], "name"]];
    if (data.lanes.task[lane] !== task) lines.push([called(task), "call"]); else if (data.tasks.call[task] && data.tasks.call[task] !== data.lanes.name[lane]) lines.push([data.tasks.call[task], "call"]);
    lines.push([what ? `${state}: ${what}` : state, "state"], [moments(table.start[at], table.start[at] + table.length[at]), "time"]);
    const place = table.line[at] < 0 ? null : table.places[table.line[at]];
    if (place) lines.push([`${say.where(place)}${place.text ? `: ${place.text}` : ""}`, "code"]);
    const cause = causeText(table, at);
    if (cause) lines.push([cause, "cause"]);
    return lines;
  }

  function causeText(table, at) {
    const cause = table.cause[at], waker = table.waker[at], key = CAUSES[cause] || "";
    if (!key) return waker >= 0 ? say.fill("woken by {}", [called(waker)]) : "";
    return key === "woken by" ? (waker >= 0 ? say.fill("woken by {}", [called(waker)]) : "") : waker >= 0 && cause === 1 ? say.fill("created by {}", [called(waker)]) : view.words(key);
  }

  // How many of a group's tasks are in which state at a moment.
  function group(row, t) {
    const counts = [0, 0, 0], table = data.slices, of = [2, 2, 1, 1, 0, 0], lines = [[row.name, "name"]];
    if (row.detail) lines.push([row.detail, "call"]);
    if (table) {
      row.lanes.forEach((lane) => { const at = data.at(lane, t); if (at >= 0) counts[of[table.kind[at]]] += 1; });
      ["running", "ready", "waiting"].forEach((name, at) => lines.push([`${view.words(name)}: ${say.number(counts[at])}`, "state"]));
    }
    lines.push([say.moment(t, (view.state.to_ns - view.state.from_ns) / 400), "time"]);
    return lines;
  }

  function gap(row, t) {
    const lane = row.lanes[0], task = data.lanes.task[lane], lines = [[row.name, "name"]];
    if (row.detail) lines.push([row.detail, "call"]);
    if (t >= data.endOf(task)) lines.push([[view.words(data.tasks.outcome[task]), data.tasks.end_text[task]].filter(Boolean).join(": "), "state"]);
    lines.push([say.moment(t, (view.state.to_ns - view.state.from_ns) / 400), "time"]);
    return lines;
  }

  return { slice, group, gap, moments };
}
