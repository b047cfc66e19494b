// The signs of the chart on a canvas: bars that differ in hatch as well as colour, ends that differ in shape, arrows, discs.

const NARROWEST = 1.6;
const WORDS_OF_KIND = ["open", "waiting", "ready", "starting", "running", "blocking"];

const shapes = (function () {
  function hatch(pen, face, edge, falling) {
    const tile = document.createElement("canvas"), size = 7, ratio = window.devicePixelRatio || 1;
    tile.width = tile.height = Math.round(size * ratio);
    const ink = tile.getContext("2d");
    ink.scale(tile.width / size, tile.height / size);
    ink.fillStyle = face;
    ink.fillRect(0, 0, size, size);
    ink.strokeStyle = edge;
    ink.lineWidth = 1.1;
    ink.beginPath();
    for (const shift of [-size, 0, size]) {
      ink.moveTo(shift - 1, falling ? -1 : size + 1);
      ink.lineTo(shift + size + 1, falling ? size + 1 : -1);
    }
    ink.stroke();
    const made = pen.createPattern(tile, "repeat");
    made.setTransform(new DOMMatrix().scale(size / tile.width));
    return made;
  }

  // How each kind is filled, in the order of the kinds' numbers.
  function fills(pen, colors) {
    return [
      { face: "", edge: colors.waitingEdge }, { face: colors.waiting, edge: colors.waitingEdge },
      { face: colors.ready, edge: colors.readyEdge },
      { face: hatch(pen, colors.starting, colors.startingEdge, true), edge: colors.startingEdge },
      { face: colors.running, edge: "" },
      { face: hatch(pen, colors.blocking, colors.blockingEdge, false), edge: colors.blockingEdge },
    ];
  }

  function bar(pen, fill, x, y, width, height) {
    pen.fillStyle = fill.face;
    pen.fillRect(x, y, width, height);
    if (fill.edge && width > 3) {
      pen.strokeStyle = fill.edge;
      pen.lineWidth = 1;
      pen.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    }
  }

  function line(pen, color, width, points, dash) {
    pen.save();
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.setLineDash(dash || []);
    pen.lineCap = dash && dash[0] < 1 ? "round" : "butt";
    pen.beginPath();
    points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
    pen.restore();
  }

  const ENDS = {
    returned(pen, x, y, size) { pen.arc(x, y, size, 0, 2 * Math.PI); },
    raised(pen, x, y, size) {
      const arm = size * 0.42, far = size * 1.1;
      const corners = [[0, -arm], [far - arm, -far], [far, arm - far], [arm, 0], [far, far - arm], [far - arm, far], [0, arm],
        [arm - far, far], [-far, far - arm], [-arm, 0], [-far, arm - far], [arm - far, -far]];
      corners.forEach(([dx, dy], at) => (at ? pen.lineTo(x + dx, y + dy) : pen.moveTo(x + dx, y + dy)));
    },
    cancelled(pen, x, y, size) { pen.rect(x - size * 0.85, y - size * 0.85, size * 1.7, size * 1.7); },
    unfinished(pen, x, y, size) { pen.moveTo(x - size * 0.8, y - size); pen.lineTo(x + size * 1.1, y); pen.lineTo(x - size * 0.8, y + size); },
  };

  function end(pen, outcome, colors, x, y, size) {
    if (!(outcome in ENDS)) return;
    pen.beginPath();
    ENDS[outcome](pen, x, y, size);
    pen.closePath();
    pen.fillStyle = colors[outcome];
    pen.strokeStyle = colors.paper;
    pen.lineWidth = 1.4;
    pen.stroke();
    pen.fill();
  }

  function arrow(pen, color, width, x0, y0, x1, y1, dash) {
    line(pen, color, width, [[x0, y0], [x1, y1]], dash);
    const angle = Math.atan2(y1 - y0, x1 - x0), size = 4 + width;
    pen.fillStyle = color;
    pen.beginPath();
    pen.moveTo(x1, y1);
    for (const turn of [-0.42, 0.42]) pen.lineTo(x1 - size * Math.cos(angle + turn), y1 - size * Math.sin(angle + turn));
    pen.closePath();
    pen.fill();
  }

  function disc(pen, colors, x, y, number) {
    pen.beginPath();
    pen.arc(x, y, 8, 0, 2 * Math.PI);
    pen.fillStyle = colors.remark;
    pen.fill();
    text(pen, String(number), x, y + 3.6, layoutOf.font(number > 9 ? 9 : 10.5, true), colors.remarkText, "center");
  }

  function text(pen, what, x, y, how, color, align) {
    if (!what) return;
    pen.font = how;
    pen.fillStyle = color;
    pen.textAlign = align || "left";
    pen.textBaseline = "alphabetic";
    pen.fillText(what, x, y);
  }

  return { fills, bar, line, end, arrow, disc, text, NARROWEST, WORDS_OF_KIND };
})();
