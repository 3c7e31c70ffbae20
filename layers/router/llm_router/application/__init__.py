"""Use cases, and the ports through which they reach other systems."""
