"""Plans and scripted providers for the machine."""

from collections.abc import Callable, Iterable
from typing import Any

from .interpreter import NOW_MS, PlatformError

Json = dict[str, Any]
COST = 10
WORST = 25
Behave = Callable[[str], str | float]
"""What a model does: a confidence, `unavailable`, `rejected` or `broken` (the platform fails)."""


def candidate(name: str, provider: str, rank: int) -> Json:
    return {
        "id": name, "provider": provider, "rank": rank, "worst_case_nano_usd": WORST,
        "minimum_ms": 100,
    }  # fmt: skip


def state_input(
    candidates: Iterable[Json],
    *,
    budget: int = 10_000,
    left_ms: int = 60_000,
    threshold: float = 0.5,
    **plan: Any,
) -> Json:
    tier = {
        "threshold": threshold,
        "candidates": list(candidates),
        "expected_output_tokens": 50,
    }
    decided = {"tier": "simple", "strategy": "rule"}
    return {
        "payload": {"inline": {"messages": []}},
        "plan": {
            "request_id": "r",
            "purpose": "answer",
            "deadline_epoch_ms": NOW_MS + left_ms,
            "budget_nano_usd": budget,
            "attempt_share": 0.6,
            "ask_self_rating": False,
            "default_tier": "moderate",
            "classifier_prompt_characters": 100,
            "tiers": {"simple": tier, "moderate": tier, "complex": tier},
            **(decided if "classifier" not in plan else {}),
            **plan,
        },
    }


def invoking(behave: Behave, classification: Json | str | None = None) -> Callable[[Json], Json]:
    """A stand-in for the invoke function; `classification` may be one, or `unavailable`."""

    def invoke(event: Json) -> Json:
        asked = event["candidate"]
        attempt = {
            "model": asked["id"], "provider": asked["provider"], "rank": asked["rank"],
            "latency_ms": 1, "cost_nano_usd": COST, "reason": event.get("reason", "classification"),
        }  # fmt: skip
        if event["action"] == "classify":
            if classification == "broken":
                raise PlatformError
            judged = {"classification": classification} if isinstance(classification, dict) else {}
            outcome = "unavailable" if classification == "unavailable" else "answered"
            return {"outcome": outcome, "attempt": {**attempt, "outcome": outcome}, **judged}
        did = behave(asked["id"])
        if did == "broken":
            raise PlatformError
        if isinstance(did, float):
            return {
                "outcome": "answered",
                "confidence": did,
                "answer": {"inline": {"text": asked["id"]}},
                "attempt": {**attempt, "outcome": "answered", "confidence": did},
            }
        rejection = {"rejection": "too odd"} if did == "rejected" else {}
        return {"outcome": did, "attempt": {**attempt, "outcome": did}, **rejection}

    return invoke
