// The face that anywidget looks for: the trace comes as the bytes of the model's trait, questions go through its messages.

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function hostOf(model, signal) {
  const waiting = new Map();
  let last = Math.floor(Math.random() * 2 ** 40);  // every view of the model hears the answers to all
  const heard = (reply, buffers) => {
    const found = waiting.get(reply.id);
    if (!found) return;
    waiting.delete(reply.id);
    if (reply.error) found.fail(new Error(reply.error));
    else if (buffers && buffers.length) unpack(buffers[0]).then(found.done, found.fail);  // a large answer comes packed
    else found.done(reply.answer);
  };
  model.on("msg:custom", heard);
  signal.push(() => model.off("msg:custom", heard));
  const ask = (what, given) => new Promise((done, fail) => {
    last += 1;
    waiting.set(last, { done, fail });
    model.send(Object.assign({ id: last, ask: what }, given));
  });
  return {
    alive: true,
    window: (from_ns, to_ns, rows, columns) => ask("window", { from_ns, to_ns, rows, columns }),
    figures: (from_ns, to_ns) => ask("figures", { from_ns, to_ns }).then((answer) => answer.rows),
    addNote: (text, t_ns, task) => ask("note", { text, t_ns, task }),
    save: (suffix) => ask("save", { suffix }),
  };
}

// Tasks are numbered anew when the trace goes on: which number a task has now, null where it is gone. Calls of one map are alike in all
// but their numbers.
function foundAgain(old, now) {
  const key = ({ tasks }, task) => [tasks.kind, tasks.name, tasks.call, tasks.created_ns].map((column) => column[task]).join("\n");
  const known = new Map();
  now.tasks.name.forEach((_, task) => {
    const found = key(now, task);
    if (known.has(found)) known.get(found).push(task); else known.set(found, [task]);
  });
  const nearest = (alike, task) => alike.reduce((best, one) => (Math.abs(one - task) < Math.abs(best - task) ? one : best));
  return (task) => {
    if (task === null || task < 0 || (task < now.tasks.name.length && key(old, task) === key(now, task))) return task;
    const alike = known.get(key(old, task));
    return alike ? nearest(alike, task) : null;
  };
}

// The trace has changed under the reader's eyes: a note was added, or its tasks went on. What was looked at stays in sight.
function goOn(view, before) {
  const { state, data } = before, whole = state.from_ns <= 0 && state.to_ns >= data.end_ns;
  const again = foundAgain(data, view.data), chosen = again(state.chosen), task = state.note && again(state.note.task);
  const held = new Set([...state.open].flatMap((number) => data.groups[number].lanes).map((lane) => again(data.lanes.task[lane])));
  const isOpen = ({ lanes }) => lanes.some((lane) => held.has(view.data.lanes.task[lane]));
  const open = view.data.groups.flatMap((group, number) => (isOpen(group) ? [number] : []));
  if (view.replay && before.replay) view.replay.goOn(before.replay);
  const window = whole ? { from_ns: 0, to_ns: Math.max(1, view.data.end_ns) } : {};
  const note = state.note && { t_ns: state.note.t_ns, task: task === null ? -1 : task };
  view.set(Object.assign({}, state, { open: new Set(open), cursor_ns: view.state.cursor_ns, chosen, note }, window));
}

async function render({ model, el }) {
  const ended = [];
  let turn = 0;
  const host = hostOf(model, ended);
  const draw = async () => {
    const now = ++turn, content = await unpack(model.get("payload"));
    if (now !== turn) return;  // a newer one has come meanwhile, or the chart has gone
    const before = el.asyncMagics;
    if (before) before.close();
    el.replaceChildren();
    const view = asyncMagics.explore(el, content, host);
    if (before) goOn(view, before);
  };
  model.on("change:payload", draw);
  ended.push(() => { turn += 1; }, () => model.off("change:payload", draw), () => el.asyncMagics && el.asyncMagics.close());
  await draw();
  return () => ended.forEach((end) => end());
}

export default { render };
