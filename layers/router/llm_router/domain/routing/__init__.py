"""Chooses the tier in which a request starts."""
