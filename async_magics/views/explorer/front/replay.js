// The replay: a panel below the chart that goes through the recording step by step.

const RATES = [0.5, 1, 2, 4, 8];  // steps a second

function replay(view) {
  if (!view.data.replay) return;
  const { make } = standing, { fill } = replayLists, model = situation.prepared(view.data.replay), w = model.words;
  const panel = make("section", "am-replay"), code = standing.listing(view, model), lists = replayLists.lists(view, model, chip, called);
  const said = make("p", "am-sentence"), when = make("p", "am-r-when"), asked = make("div", "am-r-question");
  const first = model.at_ns.findIndex((t) => t >= view.state.from_ns);  // in the window that was asked for
  const self = { step: Math.max(0, first), playing: false, right: 0, asked: 0, open: false, now: null };
  const questions = new Map(model.questions.map((question) => [question[0], question])), answered = new Set();
  let timer = 0, question = null, theme = "";

  chip.color = (task) => { const all = model.colors[theme] || model.colors.light; return all[task % all.length]; };
  function chip(task, sign) {
    const made = make("span", "am-r-chip", (sign ? `${sign} ` : "") + model.tasks.name[task]);
    made.style.setProperty("--task", chip.color(task));
    return made;
  }

  // A task's name, and its call where that says more.
  function called(task) {
    const name = model.tasks.name[task], call = view.data.tasks.call[task];
    return call && call !== name ? [name, call] : [name];
  }

  // ------------------------------------------------------------------ controls
  const bar = make("div", "am-r-bar"), button = (key, sign, act) => {
    const made = make("button", "", sign);
    made.type = "button"; made.title = w[key];
    made.setAttribute("aria-label", w[key]);
    made.addEventListener("click", act);
    bar.appendChild(made);
    return made;
  };
  button("first", "«", () => go(0));
  button("back", "‹", () => go(self.step - 1));
  const playing = button("play", "▶", () => play(!self.playing));
  button("forward", "›", () => forward());
  button("last", "»", () => go(model.count - 1));
  const slider = labelled("step", Object.assign(make("input", "am-r-slider"), { type: "range", min: 0, max: model.count - 1, step: 1, value: 0 }), true);
  slider.addEventListener("input", () => go(Number(slider.value)));
  const speed = labelled("speed", choice(RATES.map((rate) => [String(rate), `× ${view.say.number(rate, rate < 1 ? 1 : 0)}`])));
  speed.value = "1";
  speed.addEventListener("change", () => { if (self.playing) schedule(); });
  const who = labelled("task", choice([["-1", w.any], ...model.tasks.name.slice(0, 500).map((_, task) => [String(task), called(task).join(" ")])]));
  who.addEventListener("change", () => view.set({ chosen: Number(who.value) < 0 ? null : Number(who.value) }));
  button("previous", "⇤", () => jump(-1));
  button("next", "⇥", () => jump(1));
  const predict = labelled("predict", Object.assign(make("input"), { type: "checkbox" }));
  predict.addEventListener("change", () => { go(self.step); if (!questions.size) tell(w["no questions"]); });

  function choice(entries) {
    const made = make("select");
    made.append(...entries.map(([value, text]) => Object.assign(make("option", "", text), { value })));
    return made;
  }

  function labelled(key, control, quiet) {
    const made = make("label", `am-r-${key}`);
    if (quiet) control.setAttribute("aria-label", w.replay); else made.append(make("span", "", w[key]));
    made.appendChild(control);
    bar.appendChild(made);
    return control;
  }

  // ------------------------------------------------------------------ going
  function go(step) {
    self.step = Math.max(0, Math.min(model.count - 1, step));
    self.now = situation.at(model, self.step);
    question = predict.checked && !answered.has(self.step) ? questions.get(self.step) || null : null;
    show();
  }

  function forward() {
    if (question) { asked.querySelector("button").focus(); return false; }
    if (self.step + 1 >= model.count) { play(false); return false; }
    go(self.step + 1);
    return true;
  }

  function play(on) {
    self.playing = on;
    playing.textContent = on ? "❚❚" : "▶";
    playing.title = on ? w.pause : w.play;
    playing.setAttribute("aria-label", playing.title);
    if (on && self.step + 1 >= model.count) go(0);
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    if (self.playing) timer = setTimeout(() => { if (!forward()) play(false); else schedule(); }, 1000 / Number(speed.value));
  }

  // To the next step, or the one before, in which something happens to the chosen task; to any where none is chosen.
  function jump(way) {
    const task = view.state.chosen === null ? -1 : view.state.chosen;
    let step = self.step + way;
    while (step >= 0 && step < model.count && task >= 0 && model.steps.task[step] !== task) step += way;
    if (step >= 0 && step < model.count) go(step);
  }

  // ------------------------------------------------------------------ showing
  function show() {
    dress();
    slider.value = self.step;
    const text = model.texts[model.steps.say[self.step]];
    slider.setAttribute("aria-valuetext", text);
    when.textContent = fill(w.step, { step: self.step + 1, steps: model.count, time: view.say.duration(self.now.t) });
    if (said.textContent !== text) said.textContent = text;
    standing.show(code, model, self.now, chip);
    lists.show(self.now, question !== null);
    ask();
    place();
  }

  function dress() {
    const wanted = themeOf(view);
    if (theme === wanted) return;
    theme = wanted;
    panel.style.colorScheme = theme === "dark" ? "dark" : "light";
    Object.entries(view.data.colors[theme]).forEach(([name, color]) => panel.style.setProperty(`--am-${name}`, color));
  }

  function place() {
    const { from_ns, to_ns } = view.state, span = to_ns - from_ns, t = self.now.t, patch = { cursor_ns: self.open ? t : null };
    if (self.open && (t < from_ns || t > to_ns)) {
      const from = Math.max(0, Math.min(view.data.end_ns - span, t - span / 2));
      Object.assign(patch, { from_ns: from, to_ns: from + span });
    }
    view.set(patch);
  }

  function ask() {
    asked.replaceChildren();
    if (!question) return;
    const candidates = make("span", "am-r-candidates");
    question[3].forEach((task) => {
      const made = make("button", "am-r-candidate", called(task).join(" "));
      made.type = "button";
      made.style.setProperty("--task", chip.color(task));
      made.addEventListener("click", () => answer(task));
      candidates.appendChild(made);
    });
    asked.append(make("strong", "", w.question), candidates);
  }

  function answer(task) {
    const [step, until, right] = question, name = model.tasks.name[right];
    answered.add(step);
    self.asked += 1;
    if (task === right) self.right += 1;
    go(until);
    panel.focus();
    tell(`${fill(task === right ? w.right : w.wrong, { who: name })} ${fill(w.score, { right: self.right, asked: self.asked })}`);
  }

  function tell(text) { asked.replaceChildren(make("strong", "am-r-told", text)); }

  // ------------------------------------------------------------------ keys
  const KEYS = {
    " ": () => play(!self.playing), ArrowRight: () => forward(), ArrowLeft: () => go(self.step - 1),
    Home: () => go(0), End: () => go(model.count - 1), n: () => jump(1), p: () => jump(-1),
  };
  function pressed(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, tag = event.target.tagName;
    if (!KEYS[key] || event.ctrlKey || event.metaKey || event.altKey || tag === "SELECT") return;
    if (key === " " && (tag === "BUTTON" || tag === "INPUT")) return;
    event.preventDefault();
    event.stopPropagation();  // a notebook has shortcuts of its own
    KEYS[key]();
  }

  // ------------------------------------------------------------------ the panel
  panel.tabIndex = 0;
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", w.replay);
  panel.addEventListener("keydown", pressed);
  said.setAttribute("aria-live", "polite");
  asked.setAttribute("aria-live", "assertive");
  const body = make("div", "am-r-columns");
  body.append(code.box, lists.box);
  panel.append(bar, when, said, asked, body, make("p", "am-r-keys", w.keys));
  if (model.cut) panel.append(make("p", "am-r-cut", model.cut));
  const opener = make("button", "am-switch am-r-open", w.replay);
  opener.type = "button";
  opener.addEventListener("click", () => open(!self.open));
  view.places.toolbar.appendChild(opener);
  view.root.insertBefore(panel, view.places.side);  // below the chart, as wide as all of it

  function open(on) {
    self.open = on;
    panel.hidden = !on;
    view.root.classList.toggle("am-replaying", on);
    opener.setAttribute("aria-pressed", String(on));
    if (!on) play(false);
    go(self.step);
  }

  // The list holds the first tasks only; of the others the one that is chosen.
  function named(task) {
    if (task !== null && !model.tasks.name[task]) return;
    const value = String(task === null ? -1 : task);
    const known = [...who.options].some((option) => option.value === value);
    if (!known) who.append(Object.assign(make("option", "", called(task).join(" ")), { value }));
    who.value = value;
  }

  // As it stood in the chart that this one replaces.
  function goOn(before) {
    self.step = Math.min(model.count - 1, before.step);
    open(before.open);
  }

  view.on("change", (patch) => { if (patch && patch.chosen !== undefined) named(patch.chosen); });
  view.on("theme", () => {
    if (!self.now) return;
    dress();
    standing.show(code, model, self.now, chip);
    lists.show(self.now, question !== null);
    if (question) ask();
  });
  const close = view.close;
  view.close = () => { clearTimeout(timer); close(); };
  Object.assign(self, { go, forward, play, jump, goOn, count: model.count, at: (step) => situation.at(model, step), question: () => question });
  view.replay = self;
  open(Boolean(model.open || view.host.replay));
}
