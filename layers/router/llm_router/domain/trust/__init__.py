"""Computes an answer's confidence from its signals and a second opinion."""
