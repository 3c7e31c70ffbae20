"""How often a kind of request passes, as a hash in Redis: one field for each rank and count."""

from collections.abc import Mapping

from redis.client import Pipeline

from ..application.ports import KindSeen
from ..domain.learning import KEPT_SECONDS, Passing


def counts_key(kind_key: str) -> str:
    """Where the counts of a kind are."""
    return f"passing:{kind_key}"


def add(pipeline: Pipeline, seen: KindSeen) -> None:
    """Add a first answer to its kind's counts; full ones are replaced by their half.

    Requests that find them full at the same time all write the same, so only one of them counts.
    """
    key, known = counts_key(seen.kind_key), seen.known
    after = known.after(seen.first)
    for name in Passing.model_fields:
        field, now = f"{seen.first.rank}:{name}", getattr(after, name)
        if known.is_full:
            pipeline.hset(key, field, now)
        else:
            pipeline.hincrby(key, field, now - getattr(known, name))
    pipeline.expire(key, KEPT_SECONDS)


def passing_in(fields: Mapping[str, str] | None = None) -> dict[int, Passing]:
    """The counts by rank; none where they are not as this version writes them."""
    counts: dict[int, dict[str, int]] = {}
    try:
        for name, counted in (fields or {}).items():
            rank, _, what = name.partition(":")
            counts.setdefault(int(rank), {})[what] = int(counted)
        return {rank: Passing.model_validate(of_rank) for rank, of_rank in counts.items()}
    except ValueError:
        return {}
