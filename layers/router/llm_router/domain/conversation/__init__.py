"""Requests and answers, independent of any wire format."""
