"""Load drivers, one module each; pure, no module here runs anything.

A request for load goes in, a command line comes out; what the tool left behind goes in, a
`LoadResult` comes out. A new driver is one module here with a ``DRIVER`` in it.
"""
