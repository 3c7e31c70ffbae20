"""A kind of request that never passes where it would start is started higher, and only that."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.adapters.policy_files import packaged_classifier
from llm_router.application.route.request import RouteRequest, decision_key, in_exploration_sample
from llm_router.application.route.route_request import Router
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.learned_starts import first_attempt
from llm_router.domain.policy.policy import LearningSettings, Policy
from llm_router.domain.routing.decision import CachedDecision, Decision
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.routing.pass_rates import PassCount, PassHistory, SkippedTier
from llm_router.domain.tiers import TIERS, Tier
from llm_router.wire.shared.router_object import decision_object, router_object
from tests.support.fakes import (
    PROVIDERS,
    DictCache,
    DictLedger,
    FixedPolicy,
    InlinePayloads,
    MetricLog,
    ScriptedCascade,
    ShadowLog,
    asking,
)
from tests.support.plans import plan_of
from tests.support.policies import POLICY

NOW = 1_800_000_000_000
LEARNING = LearningSettings(enabled=True, explore=0, margin=0.02, min_requests=30)
POLICY = POLICY.model_copy(update={"learning": LEARNING})
NEVER = PassCount(tried=60, passed=0)
OFTEN = PassCount(tried=60, passed=50)
UNCLEAR = asking("How do magnets work?")


def asked(number: int) -> RouteRequest:
    """Different requests of one kind, which the classifier finds simple."""
    question = f"How many legs do {number} spiders have?"
    return RouteRequest(f"r{number}", "t", asking(question), RouterHints(), NOW)


def attempt(model: str, rank: int, reason: str, outcome: str = "answered") -> dict[str, object]:
    return {
        "model": model, "provider": "p", "rank": rank, "reason": reason, "outcome": outcome,
        "latency_ms": 5, "cost_nano_usd": 1_000,
    }  # fmt: skip


FIRST = attempt("small-a", 10, "first")
PEER = attempt("small-o", 10, "second_opinion")
STRONGER = attempt("middle-a", 20, "escalation")


def ended(*attempts: dict[str, object], **changes: object) -> CascadeOutcome:
    return CascadeOutcome.model_validate(
        {
            "status": "answered",
            "start": {"tier": "simple", "strategy": "local_classifier"},
            "attempts": attempts,
            "answer": {"inline": {"text": "24", "finish_reason": "stop"}},
            "answered_by": attempts[-1]["model"],
            "rank": attempts[-1]["rank"],
            "confidence": 0.9,
            **changes,
        }
    )


PASSED, ESCALATED = ended(FIRST, PEER), ended(FIRST, PEER, STRONGER)


@dataclass
class World:
    """A use case whose requests all end in one way."""

    ends: CascadeOutcome = ESCALATED
    policy: Policy = POLICY
    cache: DictCache = field(default_factory=DictCache)
    cascade: ScriptedCascade = field(default_factory=ScriptedCascade)

    @property
    def routing(self) -> Router:
        self.cascade.outcome = self.ends
        return Router(
            policies=FixedPolicy(self.policy),
            classifiers=packaged_classifier,
            cache=self.cache,
            cascade=self.cascade,
            payloads=InlinePayloads(),
            metrics=MetricLog(),
            archive=DictLedger(),
            shadow=ShadowLog(),
            clock=lambda: NOW + 40,
            enabled_providers=PROVIDERS,
            deadline_ms=25_000,
        )

    def know(self, call: RouteRequest, passing: dict[int, PassCount]) -> None:
        """Let the call's kind have passed so often before."""
        self.routing.answer(replace(call, request_id="before"))
        (kind,) = self.cache.pass_counts
        self.cache.pass_counts[kind] = passing
        self.cache.decisions.clear()
        self.cascade.plans.clear()

    def start_of(self, call: RouteRequest) -> tuple[str | None, Tier | None, int]:
        """How the plan for a call was decided, and the tier and rank that it starts with."""
        self.routing.answer(call)
        plan = self.cascade.plans[-1]
        tier = plan.tier or plan.default_tier
        return plan.tiers[tier].start.strategy, plan.tier, plan.tiers[tier].candidates[0].rank


def knowing(passing: dict[int, PassCount], policy: Policy = POLICY) -> World:
    world = World(policy=policy)
    world.know(asked(1), passing)
    return world


def test_a_kind_whose_answers_always_escalate_starts_higher_after_some_dozens() -> None:
    world = World()
    starts = [world.start_of(asked(n)) for n in range(100, 160)]
    assert set(starts[:30]) == {("local_classifier", Tier.SIMPLE, 10)}
    assert starts[-1] == ("cache", Tier.MODERATE, 20)


def test_a_kind_that_passes_goes_on_starting_below() -> None:
    world = World(ends=PASSED)
    starts = {world.start_of(asked(n)) for n in range(100, 160)}
    assert starts == {("local_classifier", Tier.SIMPLE, 10)}


def test_what_passes_in_no_tier_starts_at_the_top() -> None:
    assert knowing({10: NEVER, 20: NEVER}).start_of(asked(2)) == ("cache", Tier.COMPLEX, 30)


def test_it_starts_no_higher_than_there_is_reason_to() -> None:
    assert knowing({10: NEVER, 20: OFTEN}).start_of(asked(2)) == ("cache", Tier.MODERATE, 20)
    assert knowing({20: NEVER}).start_of(asked(2)) == ("local_classifier", Tier.SIMPLE, 10)


@pytest.mark.parametrize(
    "changes",
    [
        {"hints": RouterHints(request_type="extraction")},
        {"hints": RouterHints(model_tier=Tier.SIMPLE)},
        {"model": "old-o"},
    ],
)
def test_what_a_rule_or_the_caller_chose_is_left_alone_and_teaches_nothing(
    changes: dict[str, Any],
) -> None:
    world = World()
    call = replace(asked(1), **changes)
    strategies = {world.start_of(replace(call, request_id=str(n)))[0] for n in range(40)}
    assert strategies <= {"rule", "override"}
    assert world.cache.pass_counts == {}


def test_what_was_remembered_goes_before_what_was_learned() -> None:
    world = knowing({10: NEVER})
    key = decision_key(asked(2), POLICY.version, PROVIDERS)
    world.cache.decisions[key] = CachedDecision(tier=Tier.SIMPLE, rank=10)
    assert world.start_of(asked(2)) == ("cache", Tier.SIMPLE, 10)
    assert world.cache.pass_counts.popitem()[1] == {10: NEVER}


def test_an_undecided_request_starts_higher_too_whatever_the_classifier_will_say() -> None:
    world = World(ends=ended(attempt("small-o", 10, "classification"), FIRST, STRONGER,
                             start={"tier": "simple", "strategy": "llm_classifier"}))  # fmt: skip
    call = replace(asked(1), conversation=UNCLEAR)
    world.know(call, {10: NEVER})
    routed = world.routing.answer(call)
    (plan,) = world.cascade.plans
    ranks = [plan.tiers[tier].candidates[0].rank for tier in TIERS]
    assert (plan.tier, ranks) == (None, [20, 20, 30])
    assert routed.start is not None
    assert routed.start.strategy == "llm_classifier"


def test_a_start_that_does_not_fit_the_money_or_the_time_is_not_taken() -> None:
    world = knowing({10: NEVER})
    below = ("local_classifier", Tier.SIMPLE, 10)
    assert (
        world.start_of(replace(asked(2), hints=RouterHints(max_cost_usd=Decimal("0.001")))) == below
    )
    assert world.start_of(replace(asked(3), hints=RouterHints(max_latency_ms=1_500))) == below
    assert world.start_of(asked(4)) != below


@pytest.mark.slow
def test_a_share_starts_below_all_the_same_and_the_same_share_each_time() -> None:
    exploring = POLICY.model_copy(update={"learning": LEARNING.model_copy(update={"explore": 0.2})})
    starts = []
    for _ in range(2):
        world = knowing({10: NEVER}, exploring)
        starts.append([world.start_of(asked(n))[2] for n in range(100, 400)])
    assert starts[0] == starts[1]
    assert 0.1 < starts[0].count(10) / len(starts[0]) < 0.3


def test_a_draw_is_a_fair_share() -> None:
    keys = [decision_key(asked(n), "v", PROVIDERS) for n in range(2_000)]
    assert sum(in_exploration_sample(key, 0.05) for key in keys) == pytest.approx(100, abs=30)
    assert not any(in_exploration_sample(key, 0) for key in keys)
    assert all(in_exploration_sample(key, 1) for key in keys)


@pytest.mark.parametrize("explore", [0, 1])
def test_what_was_learned_is_told_and_the_decision_alone_says_the_same(explore: float) -> None:
    learning = LEARNING.model_copy(update={"explore": explore})
    world = knowing({10: NEVER}, POLICY.model_copy(update={"learning": learning}))
    decided = decision_object(world.routing.decide(asked(2)))
    higher = {"tier": "moderate", "strategy": "cache"}
    world.ends = PASSED if explore else ended(STRONGER | {"reason": "first"}, start=higher)
    told = router_object(world.routing.answer(asked(2)))
    assert told["learned"] == {
        "kind": "number 16+", "tier": "simple", "tried": 60, "passed": 0, "explored": explore == 1,
    }  # fmt: skip
    same = ("tier", "wanted_tier", "strategy", "learned")
    assert {name: decided[name] for name in same} == {name: told[name] for name in same}


def test_nothing_is_told_where_nothing_was_learned() -> None:
    world = World(ends=PASSED)
    assert router_object(world.routing.answer(asked(1)))["learned"] is None


@pytest.mark.parametrize("learning", [None, LEARNING.model_copy(update={"enabled": False})])
def test_it_can_be_switched_off(learning: LearningSettings | None) -> None:
    world = World(policy=POLICY.model_copy(update={"learning": learning}))
    starts = {world.start_of(asked(n)) for n in range(100, 160)}
    assert starts == {("local_classifier", Tier.SIMPLE, 10)}
    assert world.cache.pass_counts == {}


@pytest.mark.parametrize(
    "other",
    [
        replace(asked(2), tenant="other"),
        replace(asked(2), hints=RouterHints(feature="other")),
        replace(asked(2), conversation=asking("What is the capital of France?")),
    ],
)
def test_other_tenants_and_other_kinds_learn_by_themselves(other: RouteRequest) -> None:
    world = knowing({10: NEVER})
    assert world.start_of(other)[2] == 10
    assert len(world.cache.pass_counts) == 2


@pytest.mark.parametrize(
    ("outcome", "seen"),
    [
        (PASSED, (10, True, 2_000, None)),
        (ESCALATED, (10, False, 2_000, 1_000)),
        (ended(FIRST), (10, True, 1_000, None)),
        (ended(STRONGER | {"reason": "first"}), (20, True, 1_000, None)),
        (ended(FIRST, degraded=True, stopped_by="budget"), (10, False, 1_000, None)),
        (
            ended(FIRST, STRONGER | {"outcome": "rejected"}, status="rejected"),
            (10, False, 1_000, None),
        ),
    ],
)
def test_a_first_try_passes_if_nothing_more_was_wanted(
    outcome: CascadeOutcome, seen: tuple[int, bool, int, int | None]
) -> None:
    rank, passed, cost, following = seen
    assert first_attempt(outcome) == (
        rank,
        PassCount(
            tried=1,
            passed=int(passed),
            nano_usd=cost,
            escalated=int(following is not None),
            next_nano_usd=following or 0,
        ),
    )


@pytest.mark.parametrize(
    "outcome",
    [
        ended(FIRST | {"outcome": "unavailable"}, STRONGER | {"reason": "fallback"}),
        ended(FIRST, PEER | {"outcome": "unavailable"}),
    ],
)
def test_a_failed_call_shows_nothing(outcome: CascadeOutcome) -> None:
    assert first_attempt(outcome) is None


def test_an_outage_teaches_nothing() -> None:
    world = World(ends=ended(FIRST | {"outcome": "unavailable"}, STRONGER | {"reason": "fallback"}))
    world.routing.answer(asked(1))
    assert world.cache.pass_counts == {}


def test_a_reply_to_a_judged_request_tells_what_was_learned() -> None:
    judgement = {"complexity": "simple", "reasoning": "short", "estimated_tokens": 9}
    judged = attempt("small-o", 10, "classification")
    judged_start = {"tier": "moderate", "strategy": "llm_classifier"}
    world = World(ends=ended(judged, STRONGER | {"reason": "first"}, start=judged_start,
                             classification=judgement))  # fmt: skip
    call = replace(asked(1), conversation=UNCLEAR)
    world.know(call, {10: NEVER})
    start = world.routing.answer(call).start
    assert start is not None
    assert start.learned == SkippedTier(kind="anything 16+", tier=Tier.SIMPLE, tried=60, passed=0)


@given(
    st.sampled_from(TIERS),
    st.dictionaries(st.sampled_from([5, 7, 8, 10, 20, 30]), st.integers(0, 400)),
    st.booleans(),
)
def test_no_experience_ever_starts_a_request_lower(
    tier: Tier, tried: dict[int, int], explored: bool
) -> None:
    experience = PassHistory(
        key="k",
        kind="number 16+",
        pass_counts={rank: PassCount(tried=n) for rank, n in tried.items()},
        in_exploration_sample=explored,
        time_ms=25_000,
    )
    starts = []
    for known in (None, experience):
        decision = Decision(tier=tier, strategy="local_classifier", pass_history=known)
        plan = plan_of(asked(1).conversation, decision, budget_nano_usd=10**10)
        assert plan.tier is not None
        starts.append((plan.tier.level, plan.tiers[plan.tier].candidates[0].rank))
    assert starts[0] <= starts[1]
    assert not explored or starts[0] == starts[1]


def test_a_raised_start_expects_no_longer_answer_than_the_tier_below() -> None:
    world = knowing({10: NEVER})
    world.start_of(asked(2))
    (plan,) = world.cascade.plans
    assert plan.tiers[Tier.MODERATE].expected_output_tokens == 60


def test_a_raised_start_is_not_remembered_for_the_request_unless_it_escalated() -> None:
    world = knowing({10: NEVER})
    first = STRONGER | {"reason": "first"}
    world.ends = ended(first, start={"tier": "moderate", "strategy": "cache"})
    world.routing.answer(asked(2))
    assert world.cache.decisions == {}
    top = attempt("large-a", 30, "escalation")
    world.ends = ended(first, top, start={"tier": "moderate", "strategy": "cache"})
    world.routing.answer(asked(2))
    assert list(world.cache.decisions.values()) == [CachedDecision(tier=Tier.MODERATE, rank=30)]
