"""All stored runs as a folder of static pages, for a disk or any web server."""
