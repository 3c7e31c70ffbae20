"""The logistic function, bounded so that no input overflows."""

import math

_MOST_LOG_ODDS = 30.0


def sigmoid(log_odds: float) -> float:
    """The probability of these log odds; beyond ±30 it no longer changes."""
    return 1 / (1 + math.exp(-max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, log_odds))))
