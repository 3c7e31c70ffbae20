"""Placeholder until the measured comparison lands."""


def agreement(question: str, first: str, second: str) -> float:
    """Whether both say the same."""
    return float(first == second)
