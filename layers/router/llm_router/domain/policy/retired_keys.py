"""Keys of earlier policies that are still accepted, so that an upgrade refuses no policy."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

MAX_CLASSIFICATION_USD = Decimal("0.0007")
"""The cap on a classification in a policy without `classifier.max_cost_usd`; the shipped one's."""

_STEERING = (
    "is ignored: steering is advice now, thresholds stay as the policy sets them; "
    "`llm-router eval certificate` says which would give 15 % escalation"
)
_RETIRED: Mapping[tuple[str, str], str] = {
    ("steering", "enabled"): _STEERING,
    ("steering", "most_below"): _STEERING,
    ("steering", "most_above"): _STEERING,
    ("classifier", "most_of_saving"): (
        "is replaced by classifier.max_cost_usd, a cap in USD. Until that is set, the cap is "
        f"{MAX_CLASSIFICATION_USD}, or 0 where most_of_saving is 0"
    ),
}


def retired_keys(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield each retired key of a policy's content, with what to do about it."""
    for (table, key), advice in _RETIRED.items():
        if isinstance(content.get(table), dict) and key in content[table]:
            yield f"{table}.{key}: {advice}"


def without_retired_keys(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without retired keys; without a share of the saving nothing may be spent."""
    kept = {
        table: {key: value for key, value in inner.items() if (table, key) not in _RETIRED}
        if isinstance(inner, dict)
        else inner
        for table, inner in content.items()
    }
    classifier = content.get("classifier")
    if isinstance(classifier, dict) and "most_of_saving" in classifier:
        cap = MAX_CLASSIFICATION_USD if classifier["most_of_saving"] else Decimal(0)
        kept["classifier"].setdefault("max_cost_usd", cap)
    return kept
