// What was noticed, why it matters, and what to write instead; a click goes to the place.

function findingsPanel(view) {
  const { findings } = view.data;
  if (!findings.length) return;
  const { body, count } = panel(view, view.places.below, "findings", true);
  count.textContent = view.say.number(findings.length);
  body.append(element("ol", "am-findings", ...findings.map((found) => findingItem(view, found))));
}

function findingItem(view, found) {
  const what = button("", () => goToFinding(view, found), "am-jump");
  what.append(element("span", found.error ? "am-code-error" : "am-code-warning", found.code), " ", coded(found.what));
  return element("li", "", what,
    element("p", "", element("b", "", view.words("why")), " ", coded(found.why)),
    element("p", "", element("b", "", view.words("instead")), " ", coded(found.instead)));
}

function goToFinding(view, found) {
  const task = found.tasks.length ? found.tasks[0] : null;
  if (task !== null) view.set({ chosen: task });
  view.goTo(found.start_ns, task);
  view.tell("line", { line: found.line, go: true });
  announce(view, `${when(view, found.start_ns)}, ${task === null ? view.words("the chart") : nameOf(view, task)}`);
}
