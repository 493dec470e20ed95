"""What figures can and can not say: intervals, noise, curves, searches. Pure functions."""
