function panels(view) {}  // nothing is added to the page yet
