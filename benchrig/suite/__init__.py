"""Many trials in one run: cells, their order, and what they come to."""
