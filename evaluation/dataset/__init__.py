"""Recorded questions and answers, with prices and observations."""
