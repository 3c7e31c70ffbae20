"""One vendor per file: the ports' implementations."""
