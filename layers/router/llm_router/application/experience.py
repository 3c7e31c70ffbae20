"""What is known of a request's kind, and what its own first answer adds to it."""

import hashlib
import json
from collections.abc import Collection

from ..domain.learned_starts import first_try
from ..domain.learning import Experience, Passing
from ..domain.outcome import CascadeOutcome
from .ports import KindSeen

_DRAW_DIGITS = 16
_DRAWS = 2**64


def kind_key(tenant: str, policy_version: str, providers: Collection[str], kind: str) -> str:
    """A digest of all that the counts of a kind belong to; tenants never share them."""
    encoded = json.dumps([tenant, policy_version, sorted(providers), kind]).encode()
    return hashlib.sha256(encoded).hexdigest()


def explores(decision_key: str, share: float) -> bool:
    """Whether a request is in the sample that starts below: a fair draw over different requests.

    It is drawn by what is asked, not by the request's id, so that `/v1/route` tells what a call
    would do.
    """
    return int(decision_key[:_DRAW_DIGITS], 16) < share * _DRAWS


def kind_seen(experience: Experience | None, outcome: CascadeOutcome) -> KindSeen | None:
    """What the outcome says of the request's kind, if anything."""
    first = first_try(outcome)
    if experience is None or first is None:
        return None
    return KindSeen(experience.key, first, experience.passing.get(first.rank, Passing()))
