"""Grades answers: exact, numeric, schema, unit tests, a judging model."""
