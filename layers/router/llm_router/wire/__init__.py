"""The callers' formats: request bodies in, replies and errors out."""
