"""`classifier`: trains and measures the local classifier."""
