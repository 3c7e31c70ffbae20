"""Reads the router's values from the replies of Redis.

Every value may be wrong, old or gone: another version or another program may have written it. What
is not a value of ours is a miss, and the next write replaces it.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassCount

T = TypeVar("T")

MOST = 10**15
"""More than any count or nano-USD that the router can have counted."""


def read(parse: Callable[[Any], T], reply: object) -> T | None:
    """The value in a reply; None if it is gone, an error or not what `parse` can read."""
    if reply is None or isinstance(reply, Exception):
        return None
    try:
        return parse(reply)
    # Pydantic's errors and those of decoding are value errors too.
    except ValueError:
        return None


def decision(value: bytes) -> CachedDecision:
    """The decision in a value of the kind `decision`."""
    return CachedDecision.model_validate_json(value)


def number(value: bytes) -> int:
    """A count or an amount: a whole number that the router can have counted."""
    if not 0 <= (counted := int(value)) <= MOST:
        raise ValueError("not a count")
    return counted


def escalation_rate(hours: list[Any]) -> EscalationRate:
    """The rate over hashes of the kind `counts`; an hour that cannot be read counts nothing."""
    counted = [read(_hour, hour) or (0, 0) for hour in hours]
    return EscalationRate(
        answered=sum(answered for answered, _ in counted),
        escalated=sum(escalated for _, escalated in counted),
    )


def _hour(fields: Mapping[bytes, bytes]) -> tuple[int, int]:
    return number(fields.get(b"answered", b"0")), number(fields.get(b"escalated", b"0"))


def pass_counts(fields: Mapping[bytes, bytes]) -> dict[int, PassCount]:
    """The counts in a hash of the kind `passing`, by those ranks that can be read."""
    by_rank: dict[bytes, dict[str, bytes]] = {}
    for name, value in fields.items():
        rank, _, field = name.partition(b":")
        by_rank.setdefault(rank, {})[field.decode(errors="replace")] = value
    counts = {read(number, rank): read(_pass_count, of_rank) for rank, of_rank in by_rank.items()}
    return {rank: count for rank, count in counts.items() if rank is not None and count is not None}


def _pass_count(fields: Mapping[str, bytes]) -> PassCount:
    counted = PassCount.model_validate({name: number(value) for name, value in fields.items()})
    if max(counted.passed, counted.escalated) > counted.tried:
        raise ValueError("more attempts passed or escalated than there were")
    return counted
