// A trace too long to be sent whole: the kernel is asked for what the window shows, and the last answer is painted meanwhile.
// host.window(from_ns, to_ns, rows, columns) is given the lanes of every row; its answer is {from_ns, to_ns, texts, places, rows}, in the
// same order, each {lanes, start, length, kind, task, text, line, waker, cause, cpu} with single slices, or {lanes, running, ready,
// waiting, peak, blocking} with a number for each column, and such columns of the slices that block.

const DEBOUNCE_MS = 80;
const NOTHING = { table: null, low: 0, high: 0 };

function remote(view) {
  const answers = new WeakMap();  // by the rows' own arrays of lanes
  let timer = 0, asked = {}, now = 0;

  function bandOf(reply, row) {
    const count = row.running.length;
    return Object.assign({}, row, {
      from: reply.from_ns, step: (reply.to_ns - reply.from_ns) / Math.max(1, count), count, many: row.lanes.length > 1,
      parallel: view.data.parallel(row.lanes), running: Float32Array.from(row.running), ready: Float32Array.from(row.ready),
      waiting: Float32Array.from(row.waiting), peak: Math.max(1, row.peak), blocking: row.blocking ? tableOf(reply, row.blocking) : null,
    });
  }

  function tableOf(reply, columns) { return Object.assign({}, columns, { texts: reply.texts, places: reply.places }); }

  function barsOf(reply, row) { return { table: tableOf(reply, row), low: 0, high: row.start.length }; }

  function keep(rows, reply) {
    reply.rows.forEach((row, at) => answers.set(rows[at], row.running ? bandOf(reply, row) : barsOf(reply, row)));
  }

  async function send({ from, to, lanes, columns }) {
    const turn = ++now;
    try {
      const reply = await view.host.window(from, to, lanes, columns);
      if (turn === now) { keep(lanes, reply); view.soon(); }
    } catch (error) {
      asked = {};
      view.hint(view.say.fill("asked in vain", [error && error.message ? error.message : error]));
    }
  }

  // Ask for the rows in sight, once the window has come to rest.
  function ask(rows, first, lanes, columns) {
    const wanted = { from: Math.round(view.state.from_ns), to: Math.round(view.state.to_ns), rows, first, lanes, columns };
    const same = ["from", "to", "rows", "first", "columns"].every((name) => wanted[name] === asked[name]) && lanes.length === asked.lanes.length;
    if (same || !view.host.window || !lanes.length) return;
    asked = wanted;
    clearTimeout(timer);
    timer = setTimeout(send, DEBOUNCE_MS, wanted);
  }

  return { ask, cut: (lanes) => answers.get(lanes) || NOTHING, stop: () => clearTimeout(timer) };
}
