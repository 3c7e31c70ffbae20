"""Checks of what makes a cascade: an escalation, and a way to fall back for each tier."""

from collections.abc import Collection, Iterator

from llm_router.adapters.aws.emf_metrics import NAMESPACE
from llm_router.domain.policy.models import Model
from llm_router.domain.policy.policy import Policy
from llm_router.domain.tiers import TIERS

from .alarms import Metric, sums_of_the_last_day
from .deployed import Deployed
from .findings import Finding, fault, ok, skipped, warning

BROKEN_OFF = "Here it is:\n```python\nprint(42)"
"""An answer whose code block stays open is not trusted, so a request for one escalates."""


def an_answer_escalates(deployed: Deployed) -> Iterator[Finding]:
    """Ask for an answer that is not trusted, starting in the lowest tier."""
    reply = deployed.ask(
        "This is a test. Answer with exactly these lines and nothing else, and leave the code "
        f"block open:\n\n{BROKEN_OFF}",
        model="auto",
        max_tokens=64,
        router={"model_tier": TIERS[0]},
    )
    attempts = reply.router.get("attempts") or []
    path = " → ".join(attempt["model"] for attempt in attempts)
    if any(attempt["reason"] == "escalation" for attempt in attempts):
        yield ok(f"an answer that is not trusted escalates: {path}")
    elif reply.status != 200:
        yield fault(
            f"a request for the tier {TIERS[0]} ends with {reply.status} {reply.error}".rstrip(),
            "see the checks api and providers",
        )
    elif reply.router.get("degraded"):
        yield skipped(
            f"not escalated: {path} was not trusted, but nothing stronger could be asked "
            f"({reply.router.get('degraded_because')})",
            "raise --spend, or enable a provider with a stronger model",
        )
    else:
        shown = reply.router.get("confidence")
        yield skipped(f"not escalated: the answer of {path} was trusted (confidence {shown:.2f})")


def each_tier_can_fall_back(deployed: Deployed) -> Iterator[Finding]:
    """Check that an outage of any one provider leaves each tier a model of the same rank or above.

    No outage can be ordered from a healthy vendor, so this looks at the policy and at yesterday.
    """
    stuck = {
        tier: alone
        for tier in TIERS
        if (alone := _without_alternative(deployed.policy, tier, deployed.enabled_providers))
    }
    for tier, models in stuck.items():
        yield warning(
            f"{tier}: nothing of another provider and of the same rank or above can answer for "
            f"{', '.join(models)}",
            "enable another provider, or give the policy a model of one",
        )
    if not stuck:
        yield ok("each tier has a model of another provider to fall back to")
    router = (("service", deployed.service_name),)
    wanted = {
        name: Metric(NAMESPACE, name, router) for name in ("Requests", "FellBack", "Exhausted")
    }
    sums = sums_of_the_last_day(deployed, wanted)
    yield ok(
        f"in the last 24 h {sums['FellBack']:g} of {sums['Requests']:g} requests fell back, "
        f"{sums['Exhausted']:g} got no answer"
    )


def _without_alternative(policy: Policy, tier: str, enabled: Collection[str]) -> list[str]:
    """The tier's models of the weakest rank for which no other provider's model could answer."""
    usable = [m for m in policy.models if m.provider in enabled and not m.only_if_named]
    starts = [model for model in usable if model.tier == tier]

    def has_alternative(model: Model) -> bool:
        return any(
            other.provider != model.provider and other.rank >= model.rank for other in usable
        )

    return [model.id for model in starts if not has_alternative(model)]
