"""The rules of routing: pure functions and frozen models; no clock, environment, I/O or log."""
