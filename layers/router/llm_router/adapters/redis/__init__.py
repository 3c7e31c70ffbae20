"""The decision cache and the reply store in Redis."""
