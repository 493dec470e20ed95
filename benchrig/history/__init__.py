"""A cell's figures over many runs: where they changed, and whether a run is slower than another."""
