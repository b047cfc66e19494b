// The bar above the chart: real buttons and fields, in the order in which a reader wants them.

function controls(view) {
  const bar = view.places.toolbar;
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", view.words("controls"));
  const help = helping(view);
  const noting = switchButton(view.words("add a note"), () => view.state.noting, () => {
    if (view.state.noting) view.set({ noting: false }); else view.addNote();
  });
  const switches = [noting, ...paths(view)];
  bar.append(group(view, "zoom", ...zooming(view)), searching(view), filtering(view), sorting(view), ...folding(view),
    group(view, "lines", ...switches.slice(1)), noting, saving(view), theming(view), help.button);
  if (view.data.path_text) bar.append(pathSentence(view));
  bar.append(help.box);
  view.on("change", () => switches.forEach((one) => one.show()));
  onRoot(view, "keydown", (event) => shortcuts(view, help, event));
  view.root.dataset.lmSuppressShortcuts = "true";  // a notebook has keys of its own
}

function group(view, key, ...inside) {
  const made = element("div", "am-group", ...inside);
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", view.words(key));
  return made;
}

function zooming(view) {
  const sign = (text, key, onClick) => {
    const made = button(text, onClick, "am-icon");
    made.setAttribute("aria-label", view.words(key));
    made.title = view.words(key);
    return made;
  };
  return [sign("−", "zoom out", () => view.zoom(2)), sign("+", "zoom in", () => view.zoom(0.5)), button(view.words("whole"), () => view.glide(0, view.data.end_ns))];
}

function sorting(view) {
  const orders = ["tree", "start", "end", "name", "longest", "busiest", "idlest"];
  const field = choice(orders.map((order) => [order, view.words("sort " + order)]), (sort) => view.set({ sort, top_row: 0 }));
  view.on("change", () => { field.value = view.state.sort; });
  return labelled(view.words("sort"), field);
}

function folding(view) {
  const many = view.data.groups.map((one, number) => [one, number]).filter(([one]) => one.lanes.length > 1);
  if (!many.length) return [];
  const found = menu(view, view.words("groups"));
  const open = (numbers) => view.set({ open: new Set(numbers), top_row: 0 });
  const boxes = many.map(([one, number]) => {
    const box = element("input", "");
    box.type = "checkbox";
    box.addEventListener("change", () => {
      const now = new Set(view.state.open);
      if (box.checked) now.add(number); else now.delete(number);
      open(now);
    });
    found.body.append(element("label", "am-check", box, one.name));
    return [box, number];
  });
  found.body.prepend(element("div", "am-buttons", button(view.words("unfold all"), () => open(many.map(([, number]) => number))),
    button(view.words("fold all"), () => open([]))));
  view.on("change", () => boxes.forEach(([box, number]) => { box.checked = view.state.open.has(number); }));
  return [found.box];
}

function paths(view) {
  const arrows = switchButton(view.words("arrows"), () => view.state.arrows, () => view.set({ arrows: !view.state.arrows }));
  arrows.title = view.words("arrows of the chosen task");
  const causes = switchButton(view.words("causes"), () => view.state.causes, () => view.set({ causes: !view.state.causes }));
  causes.title = view.words("causes of the chosen task");
  if (!view.data.path.length) return [arrows, causes];
  return [arrows, causes, switchButton(view.words("path"), () => view.state.path, () => view.set({ path: !view.state.path }))];
}

function pathSentence(view) {
  const made = element("p", "am-path-text", view.data.path_text);
  const show = () => { made.hidden = !view.state.path; };
  view.on("change", show);
  show();
  return made;
}

function theming(view) {
  const field = choice(["system", "light", "dark"].map((theme) => [theme, view.words("theme " + theme)]), (theme) => view.set({ theme }));
  view.on("change", () => { field.value = view.state.theme; });
  return labelled(view.words("theme"), field);
}
