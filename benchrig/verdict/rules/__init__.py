"""Rules of validity, one function each: what they read, the threshold, and the reason they give."""
