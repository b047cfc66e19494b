// Elements of the page. Texts only ever become text: nothing that a traced program called things can become a tag.

function element(tag, className, ...inside) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...inside.filter((part) => part !== null && part !== ""));
  return made;
}

function button(text, onClick, className) {
  const made = element("button", className || "", text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

function switchButton(text, isOn, onClick) {
  const made = button(text, onClick, "am-switch");
  made.show = () => made.setAttribute("aria-pressed", String(Boolean(isOn())));
  made.show();
  return made;
}

function labelled(text, field) {
  field.setAttribute("aria-label", text);  // a label around a list would count its entries as a part of the name
  return element("label", "am-field", element("span", "am-label", text), field);
}

function choice(options, onChange) {
  const made = element("select", "");
  for (const [value, text] of options) {
    const option = element("option", "", text);
    option.value = value;
    made.append(option);
  }
  made.addEventListener("change", () => onChange(made.value));
  return made;
}

function coded(text) {
  // What stands in backquotes is code.
  const made = document.createDocumentFragment();
  text.split("`").forEach((part, number) => made.append(number % 2 ? element("code", "", part) : part));
  return made;
}

function panel(view, place, key, open) {
  const count = element("span", "am-count");
  const body = element("div", "am-panel-body");
  const box = element("details", "am-panel am-panel-" + key, element("summary", "", view.words("panel " + key), " ", count), body);
  box.open = open;
  place.append(box);
  return { box, body, count };
}

function menu(view, text) {
  // A button whose fields stand below it: Escape closes it, and so does a click anywhere else.
  const body = element("div", "am-menu-body");
  const summary = element("summary", "", text);
  const box = element("details", "am-menu", summary, body);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    summary.focus();
    event.stopPropagation();
  });
  onRoot(view, "pointerdown", (event) => { if (!box.contains(event.target)) box.open = false; });
  box.addEventListener("toggle", () => {
    body.classList.remove("am-to-the-left");
    const room = view.root.getBoundingClientRect().right;
    if (box.open && body.getBoundingClientRect().right > room) body.classList.add("am-to-the-left");
  });
  return { box, body, summary };
}

function announce(view, text) {
  // Said to those who listen; a change of the very same text is said again.
  if (!view.said) {
    view.said = element("div", "am-only-heard");
    view.said.setAttribute("role", "status");
    view.root.append(view.said);
  }
  view.said.textContent = view.said.textContent === text ? text + "\u00a0" : text;
}

// The root outlives the view: a chart that is drawn anew gets the same one.
function onRoot(view, name, listener) {
  view.root.addEventListener(name, listener);
  whenClosed(view, () => view.root.removeEventListener(name, listener));
}

function whenClosed(view, work) {
  const before = view.close;
  view.close = () => { before(); work(); };
}

function later(work) {
  // At most ten times a second, and always once more after the last change.
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => { waiting = false; work(); }, 100);
  };
}

function heading(view, key, isNumber) {
  const made = element("th", isNumber ? "am-figure" : "", view.words(key));
  made.scope = "col";
  return made;
}

function scrolled(view, table, key) {
  // A wide table scrolls by keys, too.
  const made = element("div", "am-scrolled", table);
  made.tabIndex = 0;
  made.setAttribute("role", "region");
  made.setAttribute("aria-label", view.words(key));
  return made;
}
