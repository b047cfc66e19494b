// What stands beside and below the chart. Each panel can be closed, so that the chart stays first.

const WIDE = 1040;  // pixels from which on there is room beside the chart

function panels(view) {
  view.places.side.setAttribute("role", "complementary");
  view.places.side.setAttribute("aria-label", view.words("details"));
  footnotes(view);
  chosenPanel(view);
  sourcePanel(view);
  findingsPanel(view);
  notesPanel(view);
  figuresPanel(view);
  printsPanel(view);
  listingPanel(view);
  const sizes = new ResizeObserver(() => view.root.classList.toggle("am-wide", view.root.clientWidth >= WIDE));
  sizes.observe(view.root);
  whenClosed(view, () => sizes.disconnect());
}

// What was not seen, not drawn, or not over: stands below the chart, whatever else is closed.
function footnotes(view) {
  const said = view.data.footnotes.filter((text) => text);
  if (said.length) view.places.below.append(element("div", "am-footnotes", ...said.map((text) => element("p", "am-faint", text))));
}
