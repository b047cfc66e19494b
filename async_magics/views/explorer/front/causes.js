// What led to a task's end: backwards from wake to waker and from task to creator, as far as the cell.

const MOST_STEPS = 2000;

function causesOf(data, chosen) {
  const found = { tasks: new Set([chosen]), lanes: new Set(), links: [] };
  let task = chosen, t = data.endOf(chosen);
  for (let step = 0; step < MOST_STEPS; step++) {
    const before = causeOf(data, task, t);
    if (!before || before.task < 0) break;
    found.links.push([before.task, before.t, task, before.t, before.kind]);
    found.tasks.add(before.task);
    task = before.task;
    t = before.t - 1;
  }
  found.tasks.forEach((one) => { if (data.laneOf[one] >= 0) found.lanes.add(data.laneOf[one]); });
  return found;
}

// Who made a task go on, before a moment: its last waker, else its creator.
function causeOf(data, task, t) {
  const table = data.slices, lane = data.laneOf[task];
  if (table && lane >= 0) {
    for (let at = data.range(lane, t, t)[1] - 1; at >= table.first[lane]; at--) {
      if (table.task[at] !== task || table.start[at] > t) continue;
      const waker = table.waker[at];
      if (waker >= 0 && waker !== task) return { task: waker, t: table.start[at], kind: "wake" };
    }
  }
  return { task: data.tasks.parent[task], t: data.tasks.created_ns[task], kind: "spawn" };
}
