function replay(view) {}  // nothing is added to the page yet
