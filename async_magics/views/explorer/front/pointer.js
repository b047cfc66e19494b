// Mouse, pen and finger: hover tells, a click chooses, dragging pans, with Shift it zooms to a range, a double click shows all.

const DRAG_STARTS = 4, HINT_MS = 1600;

function pointing(view, hover) {
  const { canvas } = view;
  let drag = null;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function down(event) {
    if (event.button !== 0 || !view.frame) return;
    const [x, y] = place(event), { frame, state } = view, bar = frame.scrolls && x > frame.width - 14 && y >= frame.top && y <= frame.bottom;
    const kind = bar ? "scroll" : event.shiftKey ? "range" : x >= frame.left && y <= frame.bottom + 24 ? "pan" : "rows";
    drag = { x, y, kind, frame, moved: false, from: state.from_ns, to: state.to_ns, top: state.top_row };
    canvas.setPointerCapture(event.pointerId);
  }

  function move(event) {
    const [x, y] = place(event);
    if (!drag) { hover.at(x, y); return; }
    drag.moved = drag.moved || Math.hypot(x - drag.x, y - drag.y) > DRAG_STARTS;
    if (!drag.moved) return;
    hover.hide();
    DRAGS[drag.kind](view, drag, x, y);
  }

  function up(event) {
    const [x, y] = place(event), ended = drag;
    drag = null;
    if (!ended) return;
    if (!ended.moved) { click(view, hover, x, y); return; }
    if (ended.kind !== "range" || !view.selecting) return;
    const [from, to] = [...view.selecting].sort((one, other) => one - other);
    view.selecting = null;
    if (to > from && Math.abs(x - ended.x) > DRAG_STARTS) view.glide(from, to); else view.soon();
  }

  function cancel() { drag = null; view.selecting = null; hover.hide(); view.tell("hover", null); view.soon(); }

  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", cancel);
  canvas.addEventListener("pointerleave", () => { if (!drag) { hover.hide(); view.tell("hover", null); } });
  canvas.addEventListener("dblclick", () => view.glide(0, view.data.end_ns));
  canvas.addEventListener("wheel", wheel(view, hover, place), { passive: false });
}

const DRAGS = {
  pan(view, drag, x, y) {
    const by = ((drag.x - x) / (drag.frame.right - drag.frame.left)) * (drag.to - drag.from);
    const from = Math.min(Math.max(0, drag.from + by), Math.max(0, view.data.end_ns - (drag.to - drag.from)));
    view.set({ from_ns: from, to_ns: from + drag.to - drag.from, top_row: topRow(drag, drag.top + (drag.y - y) / drag.frame.sizes.row) });
  },
  rows(view, drag, x, y) { view.set({ top_row: topRow(drag, drag.top + (drag.y - y) / drag.frame.sizes.row) }); },
  scroll(view, drag, x, y) {
    const { frame } = drag;
    view.set({ top_row: topRow(drag, drag.top + ((y - drag.y) / (frame.bottom - frame.top)) * frame.rows.length) });
  },
  range(view, drag, x) { view.selecting = [drag.x, x].map((one) => inside(drag.frame, one)); view.soon(); },
};

// A moment of the window that is shown, also where the pointer has left it.
function inside(frame, x) { return frame.t(Math.min(frame.right, Math.max(frame.left, x))); }

function topRow({ frame }, wanted) { return Math.min(Math.max(0, wanted), frame.lastTop); }

function click(view, hover, x, y) {
  const target = hover.at(x, y);
  if (!target) return;
  if (!target.gutter) view.tell("place", { t_ns: Math.round(inside(view.frame, x)), task: target.task });
  if (!view.state.noting) view.pick(target);
}

// The page goes on scrolling when the pointer merely passes: the wheel zooms with Ctrl, or when the chart has been clicked.
function wheel(view, hover, place) {
  const hint = document.createElement("div");
  let timer = 0;
  hint.className = "am-hint";
  hint.hidden = true;
  view.places.chart.appendChild(hint);
  view.hint = (text) => {
    hint.textContent = text;
    hint.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { hint.hidden = true; }, HINT_MS);
  };
  return (event) => {
    if (!view.frame) return;
    if (!event.ctrlKey && !event.metaKey && !view.focused) { view.hint(view.words("zoom hint")); return; }
    event.preventDefault();
    hover.hide();
    const [x] = place(event), unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    turn(view, x, event.deltaX * unit, event.deltaY * unit, event);
  };
}

function turn(view, x, across, down, event) {
  const { frame, state } = view;
  if (x < frame.left || (event.shiftKey && frame.scrolls)) view.set({ top_row: topRow({ frame }, state.top_row + (down || across) / frame.sizes.row) });
  else if (Math.abs(across) > Math.abs(down) || event.shiftKey) view.slide((across || down) / (frame.right - frame.left));
  else view.zoom(Math.exp(Math.max(-1, Math.min(1, down * 0.0025))), frame.t(x));
}
