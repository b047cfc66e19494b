function gestures(view) {}
