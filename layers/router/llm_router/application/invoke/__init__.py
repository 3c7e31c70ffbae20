"""Performs one provider call, or one comparison, for the state machine."""
