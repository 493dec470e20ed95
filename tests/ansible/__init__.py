"""Tests: two files may have one name in two folders."""
