"""Implementations of the ports: AWS, Redis, model providers, policy files; `null` keeps nothing."""
