// What was printed, with times; a click goes there.

const MOST_PRINTED = 500;

function printsPanel(view) {
  const { prints } = view.data;
  if (!prints.length) return;
  const { box, body, count } = panel(view, view.places.below, "prints", false);
  count.textContent = view.say.number(prints.length);
  const list = element("ol", "am-prints");
  const more = button("", () => add(), "am-rest");
  body.append(list, more);
  let shown = 0;
  const add = () => {
    prints.slice(shown, shown + MOST_PRINTED).forEach((printed) => list.append(printedItem(view, printed)));
    shown = Math.min(prints.length, shown + MOST_PRINTED);
    more.hidden = shown === prints.length;
    more.textContent = fill(view, "more", [view.say.number(prints.length - shown)]);
  };
  box.addEventListener("toggle", () => { if (box.open && !shown) add(); });
}

function printedItem(view, [t_ns, task, text]) {
  const go = button(when(view, t_ns), () => view.goTo(t_ns, task < 0 ? null : task), "am-link am-figure");
  return element("li", "", go, " ", element("span", "am-faint", task < 0 ? "" : nameOf(view, task)), element("pre", "", text));
}
