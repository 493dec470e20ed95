"""What runs on the rig's hosts, by the system's own Python: standard library only."""
