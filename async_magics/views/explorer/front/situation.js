// The situation after a step, worked out of the steps up to it: who does what, where, since when; queues, timers, prints, pools.

const DID = { printed: 0, said: 1, asked: 2, back: 3, created: 4, ended: 5, lost: 6, waiting: 7, ready: 8, running: 9 };
const PHASE = { running: 0, ready: 1, waiting: 2, starting: 3, queued: 4, ended: 5, unknown: 6 };
const HOW_SEEN = 2;  // see standing.How

const situation = (function () {
  // When each step is, and which lines were seen in which step: once for a replay.
  function prepared(replay) {
    const { after_ns } = replay.steps, at_ns = new Float64Array(after_ns.length), seen = new Map();
    let t = 0;
    after_ns.forEach((after, step) => { t += after; at_ns[step] = t; });
    replay.seen.forEach(([step, task, place]) => seen.set(step, [task, place]));
    return Object.assign({}, replay, { at_ns, seenIn: seen, count: at_ns.length });
  }

  function at(replay, step) {
    const states = new Map(), { steps } = replay;
    for (let now = 0; now <= step; now++) {
      if (steps.phase[now] >= 0) states.set(steps.task[now], stateOf(replay, now));
      const seen = replay.seenIn.get(now), state = seen && states.get(seen[0]);
      if (state && state.phase === PHASE.running && !state.sampled) Object.assign(state, { place: seen[1], how: HOW_SEEN });
    }
    const t = replay.at_ns[step];
    return {
      step, t, states, ready: queues(replay, states), timers: timers(states), running: running(replay, states),
      printed: replay.prints.filter((print) => print[0] <= step), pools: pools(replay, states, t),
    };
  }

  function stateOf(replay, step) {
    const { steps } = replay, phase = steps.phase[step], how = steps.how[step];
    return {
      task: steps.task[step], step, since: replay.at_ns[step], phase, wait: steps.wait[step], place: steps.place[step], how,
      due: steps.due_ns[step], turn: steps.turn_ns[step], sampled: phase === PHASE.running && how === HOW_SEEN,
    };
  }

  const byTurn = (a, b) => a.turn - b.turn || a.task - b.task;

  function queues(replay, states) {
    const found = new Map();
    states.forEach((state) => {
      const track = replay.tasks.track[state.task];
      if (state.phase !== PHASE.ready || track < 0) return;
      if (!found.has(track)) found.set(track, []);
      found.get(track).push(state);
    });
    found.forEach((queue, track) => found.set(track, queue.sort(byTurn).map((state) => state.task)));
    return found;
  }

  function timers(states) {
    return Array.from(states.values()).filter((state) => state.due >= 0).sort((a, b) => a.due - b.due || a.task - b.task)
      .map((state) => [state.due, state.task]);
  }

  function running(replay, states) {
    const found = new Map();
    states.forEach((state) => {
      if (state.phase === PHASE.running && replay.tasks.track[state.task] >= 0) found.set(replay.tasks.track[state.task], state.task);
    });
    return found;
  }

  function pools(replay, states, t) {
    const found = new Map();
    const of = (pool) => { if (!found.has(pool)) found.set(pool, { pool, queue: [], workers: [], runs: new Map(), done: [], back: new Set() }); return found.get(pool); };
    states.forEach((state) => {
      const pool = replay.tasks.pool[state.task];
      if (pool < 0 || !states.has(pool)) return;
      if (replay.tasks.job[state.task]) job(replay, of(pool), state, t); else if (state.phase !== PHASE.ended) of(pool).workers.push(state.task);
    });
    const all = Array.from(found.values()).sort((a, b) => a.pool - b.pool);
    all.forEach((pool) => {
      pool.workers.sort((a, b) => a - b);
      pool.queue = pool.queue.sort(byTurn).map((state) => state.task);
      pool.done = pool.done.sort((a, b) => a.since - b.since || a.task - b.task).map((state) => state.task);
    });
    return all;
  }

  function job(replay, pool, state, t) {
    const back = replay.tasks.back_ns[state.task];
    if (state.phase === PHASE.queued) pool.queue.push(state);
    if (state.phase === PHASE.running || state.phase === PHASE.waiting) pool.runs.set(replay.tasks.worker[state.task], state.task);
    if (state.phase === PHASE.ended) {
      pool.done.push(state);
      if (back >= 0 && back <= t) pool.back.add(state.task);
    }
  }

  return { prepared, at };
})();
