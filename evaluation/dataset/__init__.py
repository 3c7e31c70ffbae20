"""Recorded questions and answers, their prices and observations."""
