"""Commands and sessions on the rig's hosts; the only package that imports fabric."""
