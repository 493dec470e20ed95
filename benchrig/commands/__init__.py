"""What the fab tasks do, one function each; the tasks themselves only parse and call."""
