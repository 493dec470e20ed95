"""The lab: Debian machines booted on this box with systemd-nspawn, reached by real SSH.

Each machine is an overlay of one cached base image with its own systemd, sshd and address on a
bridge. Where PID 1 of the box is systemd the machines are its units; elsewhere one outer machine
brings the systemd that keeps them apart.
"""
