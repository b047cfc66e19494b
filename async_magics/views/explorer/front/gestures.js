// How the chart is moved and asked: what pointer and keys have in common.

const GLIDE_MS = 160;

function gestures(view) {
  const { state } = view;
  let moving = 0;

  view.zoom = (factor, about) => {
    const middle = about === undefined ? middleOf(view) : about;
    view.show(middle - (middle - state.from_ns) * factor, middle + (state.to_ns - middle) * factor);
  };
  view.slide = (share) => {
    const span = state.to_ns - state.from_ns, from = Math.min(Math.max(0, state.from_ns + share * span), Math.max(0, view.data.end_ns - span));
    view.set({ from_ns: from, to_ns: from + span });
  };

  // Zoom in a moment that the eye can follow, at once for those who asked for less motion. Whoever moves the window meanwhile ends it.
  view.glide = (from, to) => {
    const goal = view.bounded(from, to), start = { from: state.from_ns, to: state.to_ns }, began = performance.now();
    cancelAnimationFrame(moving);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { view.set(goal); return; }
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - began) / GLIDE_MS)), eased = part * (2 - part);
      view.set({ from_ns: start.from + (goal.from_ns - start.from) * eased, to_ns: start.to + (goal.to_ns - start.to) * eased });
      if (part < 1) moving = requestAnimationFrame(step);
    };
    moving = requestAnimationFrame(step);
  };
  view.on("change", (patch) => { if ("from_ns" in patch || "to_ns" in patch) cancelAnimationFrame(moving); });

  // A group is unfolded or folded, a task chosen or let go.
  view.pick = (target) => {
    if (target.row.group >= 0) {
      const open = new Set(state.open);
      if (!open.delete(target.row.group)) open.add(target.row.group);
      view.set({ open });
    } else if (target.task !== null) {
      const chosen = state.chosen === target.task ? null : target.task;
      view.set({ chosen });
      view.tell("choose", chosen);
    }
  };

  const hover = hovering(view);
  pointing(view, hover);
  keying(view, hover);
}

// What zooming by keys keeps in its place: the reached slice where it is in sight, else the middle.
function middleOf(view) {
  const { from_ns, to_ns } = view.state, t = view.focus ? view.focus.t_ns : -1;
  return t >= from_ns && t <= to_ns ? t : (from_ns + to_ns) / 2;
}
