"""Measures and calibrates the router on recorded answers; never deployed."""
