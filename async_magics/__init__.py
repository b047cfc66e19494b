"""See what a notebook cell does at once."""
