"""From two variants' trials to a finding: faster, slower, tie or not enough data. Pure."""
