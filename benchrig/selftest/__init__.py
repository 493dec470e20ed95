"""The rig tried on itself: bottlenecks put in on purpose, and results that must be refused."""
