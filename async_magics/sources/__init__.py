"""What is watched: one file per runtime. Optional runtimes are imported in their own source only."""
