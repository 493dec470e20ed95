"""The signal catalogue: what the rig looks at, each thing defined once.

Recording rules, dashboards, the live page, the telemetry of a trial and the verdict's inputs are
all made from it. ``catalogue/*.yml`` are the entries; adding a signal is adding one.
"""
