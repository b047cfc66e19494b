// The page program: one chart that can be explored, in an element of the page. Everything else is in the files before this one.

function explore(root, content, host) {
  const data = decode(content);
  const listeners = {};
  const view = {
    root, data, host: host || {}, places: places(root), say: speech(content),
    state: {
      from_ns: data.window[0], to_ns: Math.max(data.window[0] + 1, data.window[1]), top_row: 0, chosen: null, cursor_ns: null, open: new Set(), sort: "tree",
      filter: { text: "", state: "", kind: "", outcome: "", longer_ns: 0 }, path: content.path_shown, arrows: true, causes: true,
      noting: false, draft: "", note: null, theme: content.theme === "light" ? "system" : content.theme,
    },
    words: (key) => (key in content.words ? content.words[key] : key),
    on(name, listener) { (listeners[name] = listeners[name] || []).push(listener); },
    tell(name, what) { (listeners[name] || []).forEach((listener) => listener(what)); },
    set(patch) { Object.assign(view.state, patch); view.tell("change", patch); },
  };
  painter(view); gestures(view); controls(view); panels(view); replay(view);
  root.asyncMagics = view;
  view.set({});
  view.paint();
  return view;
}

function places(root) {
  root.classList.add("am-explorer");
  const made = {};
  for (const name of ["toolbar", "chart", "side", "below"]) {
    made[name] = document.createElement("div");
    made[name].className = "am-" + name;
    root.appendChild(made[name]);
  }
  return made;
}
