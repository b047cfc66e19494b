// A trace too long to be sent whole: the kernel is asked for what the window shows, and the last answer is painted meanwhile.
// host.window(from_ns, to_ns, rows, columns) is given the lanes of every row; its answer is {from_ns, to_ns, texts, places, rows}, each
// of these {lanes, start, length, kind, task, text, line, waker, cause} with single slices, or {lanes, running, ready, waiting, peak}
// with a number for each column.

const DEBOUNCE_MS = 80;
const NOTHING = { table: null, low: 0, high: 0 };

function remote(view) {
  let timer = 0, asked = "", answer = new Map(), now = 0;

  function keep(reply) {
    answer = new Map(reply.rows.map((row) => [String(row.lanes), row.running ? bandOf(reply, row) : barsOf(reply, row)]));
  }

  function bandOf(reply, row) {
    const count = row.running.length;
    return Object.assign({}, row, {
      from: reply.from_ns, step: (reply.to_ns - reply.from_ns) / Math.max(1, count), count, many: row.lanes.length > 1,
      parallel: view.data.parallel(row.lanes), running: Float32Array.from(row.running), ready: Float32Array.from(row.ready),
      waiting: Float32Array.from(row.waiting), peak: Math.max(1, row.peak),
    });
  }

  function barsOf(reply, row) {
    return { table: Object.assign({}, row, { texts: reply.texts, places: reply.places }), low: 0, high: row.start.length };
  }

  function ask(rows, columns) {
    const { from_ns, to_ns } = view.state, key = JSON.stringify([from_ns, to_ns, rows, columns]);
    if (key === asked || !view.host.window) return;
    asked = key;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const turn = ++now;
      try {
        const reply = await view.host.window(Math.round(from_ns), Math.round(to_ns), rows, columns);
        if (turn === now) { keep(reply); view.paint(); }
      } catch (error) {
        asked = "";
        view.hint(view.say.fill("asked in vain", [error && error.message ? error.message : error]));
      }
    }, DEBOUNCE_MS);
  }

  return { ask, cut: (lanes) => answer.get(String(lanes)) || NOTHING };
}
