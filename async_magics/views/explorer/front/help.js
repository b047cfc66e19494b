// The keys, and what they do.

const KEYS = [
  ["← →", "keys move"], ["↑ ↓", "keys row"], [", .", "keys slice"], ["+ −", "keys zoom"], ["Home", "whole"], ["Enter", "keys choose"],
  ["Esc", "keys leave"], ["/", "keys search"], ["n", "keys note"], ["?", "keys help"],
];

function helping(view) {
  const list = element("dl", "am-key-list", ...KEYS.flatMap(([keys, key]) => [
    element("dt", "", ...keys.split(" ").flatMap((one) => [element("kbd", "", one), " "])), element("dd", "", view.words(key))]));
  const box = element("div", "am-help", element("h3", "", view.words("help")), list, element("p", "am-faint", view.words("keys mouse")));
  box.tabIndex = -1;
  box.hidden = true;
  const made = button("?", () => turn(), "am-icon");
  made.setAttribute("aria-label", view.words("keys help"));
  made.setAttribute("aria-expanded", "false");
  made.title = view.words("keys help");
  const turn = () => {
    box.hidden = !box.hidden;
    made.setAttribute("aria-expanded", String(!box.hidden));
    if (box.hidden) made.focus(); else box.focus();
  };
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") { turn(); event.stopPropagation(); } });
  return { button: made, box, turn };
}

// Keys that work wherever the reader is in the chart, but for its fields.
function shortcuts(view, help, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const wanted = { "/": () => view.focusSearch(), "?": () => help.turn(), n: () => view.addNote() }[event.key];
  if (!wanted) return;
  event.preventDefault();
  wanted();
}
