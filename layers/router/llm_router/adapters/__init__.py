"""Implementations of the ports, one vendor per file."""
