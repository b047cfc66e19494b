// The face that anywidget looks for: the trace comes as the bytes of the model's trait, questions go through its messages.

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function hostOf(model, signal) {
  const waiting = new Map();
  let last = 0;
  const heard = (reply) => {
    const found = waiting.get(reply.id);
    if (!found) return;
    waiting.delete(reply.id);
    if (reply.error) found.fail(new Error(reply.error)); else found.done(reply.answer);
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
    addNote: (text, t_ns, task) => ask("note", { text, t_ns, task }),
    save: (suffix) => ask("save", { suffix }),
  };
}

async function render({ model, el }) {
  const ended = [];
  const host = hostOf(model, ended);
  const draw = async () => {
    const content = await unpack(model.get("payload"));
    if (el.asyncMagics) el.asyncMagics.close();
    el.replaceChildren();
    asyncMagics.explore(el, content, host);
  };
  model.on("change:payload", draw);
  ended.push(() => model.off("change:payload", draw), () => el.asyncMagics && el.asyncMagics.close());
  await draw();
  return () => ended.forEach((end) => end());
}

export default { render };
