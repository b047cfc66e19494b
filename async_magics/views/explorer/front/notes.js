// The remarks on the chart, and new ones: kept in the notebook where there is a kernel, in this page otherwise.

const LONGEST_NOTE = 300;

function notesPanel(view) {
  const { box, body, count } = panel(view, view.places.below, "notes", view.data.remarks.length > 0);
  const list = element("ol", "am-notes");
  const none = element("p", "am-faint", view.words("no notes"));
  const own = [];
  const out = button(view.words("export notes"), () => saveText("notes.txt", own.map((note) => noteCommand(view, note)).join("\n") + "\n"));
  const form = noteForm(view, async (note) => {
    await keepNote(view, note, own);
    draw();
  });
  const draw = () => {
    const remarks = byNumber(view.data.remarks);
    list.replaceChildren(...remarks.map((times) => noteItem(view, times)));
    none.hidden = remarks.length > 0;
    out.hidden = !own.length;
    count.textContent = remarks.length ? view.say.number(remarks.length) : "";
  };
  view.places.toolbar.append(form.element);
  body.append(list, none, out);
  view.addNote = () => { box.open = true; form.begin(); };
  draw();
}

function byNumber(remarks) {
  const found = new Map();
  for (const remark of remarks) found.set(remark.number, [...(found.get(remark.number) || []), remark]);
  return [...found.values()];
}

// A click goes to the first moment at which it was made, the next click to the next.
function noteItem(view, times) {
  let next = 0;
  const go = () => {
    const { t_ns, task, line } = times[next++ % times.length];
    view.goTo(t_ns, task < 0 ? null : task);
    if (line) view.tell("line", { line, go: true });
  };
  const said = times.length > 1 ? "× " + view.say.number(times.length) : when(view, times[0].t_ns);
  const text = button("", go, "am-jump");
  text.append(element("span", "am-disc", String(times[0].number)), " ", coded(times[0].text));
  return element("li", "", text, " ", element("span", "am-faint", said));
}

async function keepNote(view, note, own) {
  if (view.host.addNote) await view.host.addNote(note.text, note.t_ns, note.task < 0 ? null : note.task);
  else own.push(note);
  const number = view.data.remarks.reduce((most, remark) => Math.max(most, remark.number), 0) + 1;
  view.data.remarks.push({ number, kind: "note", t_ns: note.t_ns, task: note.task, text: note.text, line: 0 });
  view.paint();
}

// The magic that puts a note of this page into the notebook.
function noteCommand(view, { text, t_ns, task }) {
  const quoted = (said) => '"' + said.replace(/[\\"]/g, "\\$&").replace(/\s+/g, " ") + '"';
  const whose = task < 0 ? "" : ` --task ${quoted(view.data.tasks.name[task])}`;
  return `%tasknote ${quoted(view.data.name)} ${quoted(text)} --at ${t_ns / 1e9}${whose}`;
}

// The moment and the task that the reader has reached: by the cursor, by keys, by choosing; else the middle of the window, and no task.
function placeReached({ state, focus }) {
  const target = focus && focus.target, task = state.chosen !== null ? state.chosen : target ? target.task : null;
  const t_ns = state.cursor_ns !== null ? state.cursor_ns : target ? focus.t_ns : (state.from_ns + state.to_ns) / 2;
  return [t_ns, task === null ? -1 : task];
}

// The field for a new note. A click into the chart says where it belongs instead.
function noteForm(view, keep) {
  const field = element("input", "am-note-text");
  field.maxLength = LONGEST_NOTE;
  field.addEventListener("input", () => { view.state.draft = field.value; });  // the chart may be drawn anew meanwhile
  const place = element("span", "am-faint");
  const problem = element("p", "am-problem");
  const made = element("form", "am-note-form", labelled(view.words("note text"), field), place, problem);
  made.hidden = true;
  const write = (text) => { field.value = view.state.draft = text; };
  const show = (t_ns, task) => {
    const note = view.state.note = { t_ns: Math.round(t_ns), task };
    place.textContent = fill(view, "note place", { when: when(view, note.t_ns), who: task < 0 ? view.words("the chart") : nameOf(view, task) });
  };
  const end = () => view.set({ noting: false });
  const begin = () => {
    show(...placeReached(view));
    write(view.state.draft);
    problem.textContent = "";
    view.set({ noting: true });
    field.focus();
  };
  const save = element("button", "", view.words("keep note"));
  made.append(element("div", "am-buttons", save, button(view.words("discard"), () => { write(""); end(); })));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) { problem.textContent = view.words("note is empty"); return; }
    view.set({ noting: false, draft: "" });  // the kernel may draw the chart anew before it answers
    try {
      await keep({ ...view.state.note, text });
      write("");
      end();
      announce(view, view.words("note kept"));
    } catch (error) {
      view.set({ noting: true, draft: text });
      problem.textContent = String(error && error.message ? error.message : error);
    }
  });
  made.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { end(); event.stopPropagation(); }
    if (event.key !== "Enter" || event.target !== field) return;
    event.preventDefault();  // below a cell of JupyterLab no form is sent by Enter
    made.requestSubmit();
  });
  view.on("change", (patch) => {
    if (!touches(patch, ["noting"])) return;
    const again = view.state.noting && !place.textContent;  // it was open in the chart that this one replaces
    if (again) {
      show(view.state.note.t_ns, view.state.note.task);
      write(view.state.draft);
    }
    made.hidden = !view.state.noting;
    view.root.classList.toggle("am-noting", view.state.noting);
    if (again && document.activeElement === document.body) field.focus();
  });
  view.on("place", ({ t_ns, task }) => { if (view.state.noting) { show(t_ns, task === null ? -1 : task); field.focus(); } });
  return { element: made, begin };
}
