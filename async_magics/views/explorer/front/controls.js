function controls(view) {}  // nothing is added to the page yet
