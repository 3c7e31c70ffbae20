"""Turns a decision into the ordered candidates that the state machine may call."""
