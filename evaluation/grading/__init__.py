"""Grades answers: exact, numeric, JSON schema, regex, unit tests, a judge model."""
