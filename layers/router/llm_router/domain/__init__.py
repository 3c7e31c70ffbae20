"""What routing means: pure functions and frozen models; no clock, environment, I/O or log."""
