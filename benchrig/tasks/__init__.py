"""What `fab --list` shows: options and their help, one module for each kind of task."""
