"""Dashboards as code: from the signal catalogue to what Grafana and the live page read.

``make dashboards`` writes the files; a test says when they are out of date.
"""
