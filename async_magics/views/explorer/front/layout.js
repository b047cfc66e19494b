// Where everything stands, in pixels of the page: x is time, y is rows.

const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Roboto, sans-serif';
const EDGE = 14, INDENT = 18, LONGEST_GUTTER = 270, MOST_END = 170, MEASURED = 600, MOST_PRINTED = 6000;

function layoutOf(view, pen, width) {
  const rows = view.rows(), sizes = sizesOf(rows.length);
  const gutter = Math.min(gutterOf(view, pen, rows, sizes), LONGEST_GUTTER, Math.max(90, width * 0.34));
  const left = EDGE + gutter + 12, right = Math.max(left + 60, width - EDGE - endRoom(view, pen, rows, width));
  const head = headOf(view, pen, width), top = head.height;
  const whole = rows.length * sizes.row, most = view.printing ? MOST_PRINTED : Math.max(220, Math.min(620, window.innerHeight * 0.62));
  const bottom = top + Math.max(sizes.row, Math.min(whole, most));
  const frame = { rows, sizes, width, left, right, head, top, bottom, whole, scrolls: whole > bottom - top + 1 };
  return Object.assign(frame, scalesOf(view, frame));
}

function sizesOf(count) {
  if (count <= 12) return { row: 50, bar: 34, twoLines: true, name: 13.5, detail: 11 };
  if (count <= 24) return { row: 40, bar: 28, twoLines: true, name: 12.5, detail: 10.5 };
  return { row: 26, bar: 19, twoLines: false, name: 12, detail: 10.5 };
}

function scalesOf(view, frame) {
  const { left, right, top, bottom, sizes } = frame, state = view.state, span = () => Math.max(1, state.to_ns - state.from_ns);
  const shown = (bottom - top) / sizes.row;
  return {
    shown, lastTop: Math.max(0, frame.rows.length - shown),
    x: (t) => left + ((t - state.from_ns) / span()) * (right - left),
    t: (x) => state.from_ns + ((x - left) / (right - left)) * span(),
    y: (row) => top + (row - state.top_row) * sizes.row + (sizes.row - sizes.bar) / 2,
    middle: (row) => top + (row - state.top_row + 0.5) * sizes.row,
    rowAt(y) {
      const row = Math.floor(state.top_row + (y - top) / sizes.row);
      return y >= top && y < bottom && row >= 0 && row < frame.rows.length ? row : -1;
    },
  };
}

function font(size, bold) { return `${bold ? "600 " : ""}${size}px ${FONT}`; }

function gutterOf(view, pen, rows, sizes) {
  let most = 60;
  rows.slice(0, MEASURED).forEach((row) => {
    const indent = row.depth * INDENT + (row.group >= 0 ? 14 : 0);
    const name = widthOf(pen, row.name, font(sizes.name, true)), detail = widthOf(pen, row.detail, font(sizes.detail));
    most = Math.max(most, indent + (sizes.twoLines ? Math.max(name, detail) : name + (detail ? Math.min(detail, 90) + 8 : 0)));
  });
  return most;
}

// Room right of the axis for what stands at the ends that are drawn there.
function endRoom(view, pen, rows, width) {
  const { end_ns } = view.data;
  let most = 14;
  rows.slice(0, MEASURED).filter((row) => row.lanes.length === 1).forEach((row) => {
    view.data.endsOf(row.lanes[0]).forEach(({ t, text }) => {
      if (text && t > end_ns * 0.9) most = Math.max(most, widthOf(pen, text, font(11.5, true)) + 16);
    });
  });
  return Math.min(most, MOST_END, width * 0.2);
}

// The title left and the figures right of it, or below where both have no room.
function headOf(view, pen, width) {
  const { title, figures } = view.data, room = width - 2 * EDGE;
  const wide = widthOf(pen, title, font(17, true)), small = widthOf(pen, figures, font(13));
  const beside = wide + small + 24 <= room, lines = (title ? 1 : 0) + (figures && !(beside && title) ? 1 : 0);
  const ends = view.data.cell_end_ns >= 0 || view.data.remarks.length ? 20 : 6;
  return { beside: beside && Boolean(title), titleY: 24, figuresY: beside || !title ? 24 : 45, height: 12 + lines * 21 + ends, room };
}

const measured = new Map();

function widthOf(pen, text, how) {
  if (!text) return 0;
  const key = how + text;
  if (!measured.has(key)) {
    if (measured.size > 20000) measured.clear();
    pen.font = how;
    measured.set(key, pen.measureText(text).width);
  }
  return measured.get(key);
}

// A text cut to a width, "" where less than a few letters would be left.
function fit(pen, text, how, room) {
  if (!text || room < 12) return "";
  if (widthOf(pen, text, how) <= room) return text;
  const letters = Array.from(text);
  let low = 0, high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(pen, letters.slice(0, middle).join("") + "…", how) <= room) low = middle; else high = middle - 1;
  }
  return low >= 3 ? letters.slice(0, low).join("").trimEnd() + "…" : "";
}

Object.assign(layoutOf, { font, widthOf, fit, EDGE, INDENT });
