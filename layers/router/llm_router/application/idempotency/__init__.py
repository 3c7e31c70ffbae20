"""Idempotent replies, encrypted with the caller's key."""
