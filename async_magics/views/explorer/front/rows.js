// The rows of the chart after filter, fold and sort: [{lanes, name, detail, depth, group, open, parent}].

function rowsOf(view) {
  let known = null, key = "";
  return function rows() {
    const { filter, sort, open } = view.state, now = JSON.stringify([filter, sort, Array.from(open)]);
    if (known === null || now !== key) {
      key = now;
      known = sorted(view.data, folded(view.data, matching(view.data, filter), open, sort === "tree"), sort);
      view.tell("rows", known);
    }
    return known;
  };
}

function folded(data, kept, open, tree) {
  const rows = [];
  data.groups.forEach((group, number) => {
    const lanes = kept === null ? group.lanes : group.lanes.filter((lane) => kept[lane]);
    if (group.lanes.length < 2) {
      lanes.forEach((lane) => rows.push(single(data, lane, group.depth)));
    } else if (lanes.length) {
      const isOpen = open.has(number);
      const name = lanes.length < group.lanes.length ? `${group.name} (${lanes.length})` : group.name;
      if (tree || !isOpen) rows.push({ lanes, name, detail: group.detail, depth: group.depth, group: number, open: isOpen });
      if (isOpen) lanes.forEach((lane) => rows.push(single(data, lane, tree ? group.depth + 1 : 0)));
    }
  });
  return rows;
}

function single(data, lane, depth) {
  const { name, detail, color } = data.lanes;
  return { lanes: data.alone[lane], name: name[lane], detail: detail[lane], color: color[lane], depth, group: -1, open: false };
}

// Which lanes a filter leaves, null for all.
function matching(data, filter) {
  const text = filter.text.trim().toLowerCase();
  if (!text && !filter.state && !filter.kind && !filter.outcome && !filter.longer_ns) return null;
  return data.lanes.task.map((_, lane) => fits(data, lane, filter, text));
}

function fits(data, lane, filter, text) {
  const { tasks, lanes } = data, inner = data.inner[lane];
  if (text && !`${lanes.name[lane]} ${lanes.detail[lane]}`.toLowerCase().includes(text)
    && !inner.some((task) => `${tasks.name[task]} ${tasks.call[task]}`.toLowerCase().includes(text))) return false;
  if (filter.kind && !inner.some((task) => tasks.kind[task] === filter.kind)) return false;
  if (filter.outcome && !inner.some((task) => tasks.outcome[task] === filter.outcome)) return false;
  return !(filter.state || filter.longer_ns) || hasSlice(data, lane, filter);
}

// Whether a lane has a slice of the wanted state that is long enough; blocking is running, too.
function hasSlice(data, lane, filter) {
  const table = data.slices, wanted = filter.state ? data.kinds[filter.state] : -1;
  if (!table) return !filter.longer_ns || data.inner[lane].some((task) => data.endOf(task) - data.tasks.created_ns[task] >= filter.longer_ns);
  for (let at = table.first[lane]; at < table.first[lane + 1]; at++) {
    const kind = table.kind[at], same = wanted < 0 || kind === wanted || (wanted === data.kinds.running && kind === data.kinds.blocking);
    if (same && table.length[at] >= filter.longer_ns) return true;
  }
  return false;
}

const ORDERS = {
  start: (data, lanes) => -most(lanes, (lane) => -data.tasks.created_ns[data.lanes.task[lane]]),
  end: (data, lanes) => most(lanes, (lane) => data.endOf(data.lanes.task[lane])),
  longest: (data, lanes) => -most(lanes, (lane) => lifeOf(data, lane)),
  busiest: (data, lanes) => -lanes.reduce((sum, lane) => sum + timeIn(data, lane, 4, 5), 0),
  idlest: (data, lanes) => -lanes.reduce((sum, lane) => sum + timeIn(data, lane, 1, 1), 0),
};

// The largest of some numbers; of a hundred thousand lanes, too, which are too many arguments for a function.
function most(lanes, numberOf) { return lanes.reduce((found, lane) => Math.max(found, numberOf(lane)), -Infinity); }

function lifeOf(data, lane) {
  const task = data.lanes.task[lane];
  return data.endOf(task) - data.tasks.created_ns[task];
}

// How long a lane was in the states whose numbers lie in a range.
function timeIn(data, lane, lowest, highest) {
  const table = data.slices;
  let sum = 0;
  for (let at = table ? table.first[lane] : 0; table && at < table.first[lane + 1]; at++) {
    if (table.kind[at] >= lowest && table.kind[at] <= highest) sum += table.length[at];
  }
  return sum;
}

function sorted(data, rows, sort) {
  if (sort === "tree") return withParents(data, rows);
  const flat = rows.map((row) => Object.assign({}, row, { depth: 0, parent: -1 }));
  if (sort === "name") return flat.sort((one, other) => one.name.localeCompare(other.name, data.lang, { numeric: true }));
  const order = ORDERS[sort] || ORDERS.start, value = new Map(flat.map((row) => [row, order(data, row.lanes)]));
  return flat.sort((one, other) => value.get(one) - value.get(other));
}

// The row above each in the tree: the last one before it that stands less deep.
function withParents(data, rows) {
  const last = [];
  return rows.map((row, number) => {
    last.length = Math.min(last.length, row.depth);
    const parent = row.depth > 0 && last[row.depth - 1] !== undefined ? last[row.depth - 1] : -1;
    last[row.depth] = number;
    return Object.assign({}, row, { parent });
  });
}
