// What stands beside and below the chart. Each panel can be closed, so that the chart stays first.

function panels(view) {
  view.places.side.setAttribute("role", "complementary");
  view.places.side.setAttribute("aria-label", view.words("details"));
  chosenPanel(view);
  sourcePanel(view);
  findingsPanel(view);
  notesPanel(view);
  figuresPanel(view);
  printsPanel(view);
  listingPanel(view);
}
