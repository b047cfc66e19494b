// A payload with typed arrays, and the questions a painter asks of it. Each answer costs what the pixels cost, not the slices.

const KINDS = { open: 0, waiting: 1, ready: 2, starting: 3, running: 4, blocking: 5 };
const CLASS = [2, 2, 1, 1, 0, 0];  // of a kind: 0 runs, 1 is ready, 2 waits
const LOOPED = new Set(["cell", "asyncio", "greenlet"]);

function typed(columns) {
  if (!columns) return null;
  return reaching(Object.assign({}, columns, {
    first: Uint32Array.from(columns.first || [0]), start: Float64Array.from(columns.start), length: Float64Array.from(columns.length),
    kind: Uint8Array.from(columns.kind), task: Int32Array.from(columns.task), text: Int32Array.from(columns.text),
    line: Int32Array.from(columns.line), waker: Int32Array.from(columns.waker), cause: Uint8Array.from(columns.cause),
    cpu: Int8Array.from(columns.cpu),
  }));
}

// How far each slice, or one that began before it on its lane, reaches: the life of a pool goes on behind what was queued in it.
function reaching(table) {
  table.reach = Float64Array.from(table.start, (start, at) => start + table.length[at]);
  for (let lane = 0; lane + 1 < table.first.length; lane++) {
    for (let at = table.first[lane] + 1; at < table.first[lane + 1]; at++) table.reach[at] = Math.max(table.reach[at], table.reach[at - 1]);
  }
  return table;
}

function decode(content) {
  const data = Object.assign({}, content, { slices: typed(content.slices), kinds: KINDS });
  data.count = data.lanes.task.length;
  data.alone = data.lanes.task.map((_, lane) => [lane]);  // one array for each lane, so that its profile is found again
  data.inner = innerTasks(data);
  data.laneOf = laneOfTasks(data);
  data.profiles = remembered((lanes) => [[0], [1], [2], [0, 1, 2]].map((classes) => profileOf(data.slices, lanes, new Set(classes))));
  data.parallel = (lanes) => lanes.every((lane) => !LOOPED.has(data.tasks.kind[data.lanes.task[lane]]));
  data.cut = (lanes, from, to, columns) => cut(data, lanes, from, to, columns);
  data.at = (lane, t) => sliceAt(data, lane, t);
  data.range = (lane, from, to) => range(data.slices, lane, from, to);
  data.endsOf = endsOf(data);
  data.badEnds = remembered((lanes) => lanes.flatMap(data.endsOf).filter(isBad).sort((one, other) => one.t - other.t));
  data.blocking = remembered((lanes) => blockingOf(data.slices, lanes));
  data.endOf = (task) => (data.tasks.ended_ns[task] < 0 ? data.end_ns : data.tasks.ended_ns[task]);
  data.few = fewOf(data);
  data.signs = signsOf(data);
  return data;
}

// Which tasks are drawn on each lane: its own, and the jobs of a worker.
function innerTasks(data) {
  const found = data.lanes.task.map((task, lane) => new Set([task, ...data.lanes.inner[lane]])), table = data.slices;
  if (table) {
    for (let lane = 0; lane < data.count; lane++) {
      for (let at = table.first[lane]; at < table.first[lane + 1]; at++) found[lane].add(table.task[at]);
    }
  }
  return found.map((tasks) => Array.from(tasks));
}

function laneOfTasks(data) {
  const of = new Int32Array(data.tasks.name.length).fill(-1);
  data.inner.forEach((tasks, lane) => tasks.forEach((task) => { if (of[task] < 0) of[task] = lane; }));
  data.lanes.task.forEach((task, lane) => { of[task] = lane; });
  return of;
}

// The slices of a lane that touch a window, as a pair of positions. Slices of one lane may overlap only in pools: there, some between may not.
function range(table, lane, from, to) {
  const low = table.first[lane], high = table.first[lane + 1], begin = bisect(table.reach, from, low, high);
  return [begin, bisect(table.start, to, begin, high)];
}

function bisect(values, wanted, low, high) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1; else high = middle;
  }
  return low;
}

// What stands in a row: single bars where they can be told apart, else the mean numbers of each state per column.
function cut(data, lanes, from, to, columns) {
  if (lanes.length === 1) {
    const [low, high] = range(data.slices, lanes[0], from, to);
    if (high - low <= columns / 2) return { table: data.slices, low, high };
  }
  const [running, ready, waiting, alive] = data.profiles(lanes), count = lanes.length > 1 ? columns : Math.ceil(columns / 3);
  const step = (to - from) / count;
  return {
    from, step, count, peak: Math.max(1, alive.peak), many: lanes.length > 1, parallel: data.parallel(lanes),
    running: running.means(from, step, count), ready: ready.means(from, step, count), waiting: waiting.means(from, step, count),
  };
}

function profileOf(table, lanes, classes) {
  const rows = [];
  for (const lane of lanes) {
    for (let at = table.first[lane]; at < table.first[lane + 1]; at++) if (classes.has(CLASS[table.kind[at]])) rows.push(at);
  }
  const starts = Float64Array.from(rows, (at) => table.start[at]).sort();
  return profile(starts, Float64Array.from(rows, (at) => table.start[at] + table.length[at]).sort());
}

// The slice at a moment, the last that began where several overlap; -1 where there is none.
function sliceAt(data, lane, t) {
  const table = data.slices;
  if (!table) return -1;
  let at = bisect(table.start, t + 1, table.first[lane], table.first[lane + 1]) - 1;
  while (at >= table.first[lane] && table.reach[at] >= t && table.start[at] + table.length[at] < t) at -= 1;
  return at >= table.first[lane] && table.reach[at] >= t ? at : -1;
}

// How the task of a lane ended; of workers and pools, and of the jobs in them, only what is worth a mark.
function endsOf(data) {
  const known = new Map(), { tasks, lanes } = data, bad = (task) => isBad({ outcome: tasks.outcome[task] });
  const mark = (task) => ({ task, t: data.endOf(task), outcome: tasks.outcome[task], text: tasks.end_text[task] });
  return function (lane) {
    if (!known.has(lane)) {
      const task = lanes.task[lane], held = lanes.role[lane] === "worker" || lanes.role[lane] === "pool", own = !held || tasks.outcome[task] === "raised";
      const left = lanes.role[lane] === "pool" && tasks.outcome[task] === "unfinished";
      const jobs = data.inner[lane].filter((one) => one !== task && tasks.kind[one] !== "call" && bad(one));
      known.set(lane, [...jobs, ...(own || left ? [task] : [])].map(mark));
    }
    return known.get(lane);
  };
}

function isBad(end) { return end.outcome === "raised" || end.outcome === "cancelled"; }

// Work out once for each array of lanes.
function remembered(find) {
  const known = new WeakMap();
  return (lanes) => {
    if (!known.has(lanes)) known.set(lanes, find(lanes));
    return known.get(lanes);
  };
}

// The slices that block the loop, few in any trace.
function blockingOf(table, lanes) {
  const found = [];
  lanes.forEach((lane) => {
    for (let at = table.first[lane]; at < table.first[lane + 1]; at++) if (table.kind[at] === KINDS.blocking) found.push(at);
  });
  return found;
}

// The arrows that are drawn without a chosen task: cancellations; of the calls that went to a worker the first, of its results the last.
function fewOf(data) {
  const ways = new Map();
  for (const edge of data.edges) {
    if (edge[0] !== "submit" && edge[0] !== "result") continue;
    const key = `${edge[0]} ${data.laneOf[edge[1]]} ${data.laneOf[edge[3]]}`, known = ways.get(key);
    if (!known || (edge[0] === "submit" ? edge[4] < known[4] : edge[4] > known[4])) ways.set(key, edge);
  }
  return { cancels: data.edges.filter((edge) => edge[0] === "cancel"), handed: Array.from(ways.values()) };
}

// The legend's signs, those that occur.
function signsOf(data) {
  const kinds = new Set(data.slices ? data.slices.kind : data.seen.kinds);
  const measured = data.slices ? data.slices.cpu.some((percent) => percent >= 0) : data.seen.cpu;
  const ends = new Set();
  for (let lane = 0; lane < data.count; lane++) data.endsOf(lane).forEach((end) => ends.add(end.outcome));
  return [...["running", "waiting", "blocking", "ready", "starting"].filter((name) => kinds.has(KINDS[name])),
    ...(measured ? ["cpu"] : []), ...["returned", "raised", "cancelled", "unfinished"].filter((name) => ends.has(name)),
    ...(data.few.cancels.length ? ["cancel"] : []), ...(data.few.handed.length ? ["handed"] : []), ...(data.prints.length ? ["printed"] : [])];
}
