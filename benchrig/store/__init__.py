"""Runs on disk: raw first, derived second, each file written whole or not at all."""
