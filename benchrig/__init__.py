"""benchrig: a multi-host benchmark rig for Python web stacks (control-node package)."""

__version__ = "0.1.0"
