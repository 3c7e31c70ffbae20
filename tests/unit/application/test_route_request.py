from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from llm_router.application.errors import (
    AllFailedError,
    BudgetExceededError,
    CascadeFailedError,
    CascadeNotStartedError,
    CascadeTimeoutError,
    DeadlineExceededError,
    InvalidRequestError,
    NotConfiguredError,
    PayloadLostError,
    PayloadNotStoredError,
    RateLimitedError,
    RequestRejectedError,
    RouterError,
    ThrottledError,
    UnknownModelError,
)
from llm_router.application.ports import Json
from llm_router.application.route.request import RouteRequest, decision_key
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.policy.policy import ShadowSettings
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision, Start, facts_of
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import Tier
from llm_router.wire.shared.error_replies import error_reply
from llm_router.wire.shared.router_object import decision_object, router_object
from tests.support.fakes import PROVIDERS, FixedPolicy, InlinePayloads, ScriptedCascade, asking
from tests.support.policies import POLICY, POLICY_TEXT, read, with_aliases
from tests.support.scripted_routing import (
    CALL,
    ESCALATED,
    NOW,
    ScriptedRouting,
    all_failed,
    attempt,
    call_with,
    outcome,
    scripted,
)

LIMITING = """
[[rules]]
name = "limited"
when = { feature = { equals = "limited" } }
then.tier = "simple"
then.skip_cascade = true
then.limits = { max_cost_usd = 0.01, max_latency_ms = 9000, max_output_tokens = 50 }
"""


def test_an_answer_is_returned_with_how_it_came_about() -> None:
    large = outcome(stored=["payloads/first", "payloads/second"])
    here = scripted(large)
    routed = here.routing.answer(CALL)
    assert routed.answered[1].text == "Paris"
    assert routed.start is not None
    assert routed.start.strategy == "local_classifier"
    assert here.metrics.finished == [large]
    assert here.cache.counts == [(Tier.SIMPLE, {"answered": 1, "escalated": 0, "fell_back": 0})]
    assert [sealed.get("s3_key") for sealed in here.payloads.discarded] == [
        None, "payloads/first", "payloads/second",
    ]  # fmt: skip


def test_what_escalated_before_starts_higher_today() -> None:
    here = scripted(ESCALATED)
    here.routing.answer(CALL)
    here.routing.answer(CALL)
    first, second = here.cascade.plans
    assert first.tiers[Tier.SIMPLE].candidates[0].rank == 10
    assert second.tiers[Tier.SIMPLE].start.strategy == "cache"
    assert second.tiers[Tier.SIMPLE].candidates[0].rank == 20


def test_an_outage_does_not_make_later_requests_dearer() -> None:
    fell_back = outcome(
        attempts=[
            attempt("small-a", 10, "first", "unavailable"),
            attempt("middle-a", 20, "fallback"),
        ],
        rank=20,
    )
    here = scripted(fell_back)
    here.routing.answer(CALL)
    assert [r.rank for r in here.cache.decisions.values()] == [10]


@pytest.mark.parametrize(
    "result",
    [
        outcome(degraded=True),
        outcome(start=Start(tier=Tier.SIMPLE, strategy="default")),
        outcome(start=Start(tier=Tier.SIMPLE, strategy="rule")),
    ],
)
def test_only_what_satisfied_and_was_estimated_is_remembered(result: CascadeOutcome) -> None:
    here = scripted(result)
    here.routing.answer(CALL)
    assert here.cache.decisions == {}


@pytest.mark.parametrize(
    "other",
    [
        replace(CALL, tenant="other"),
        replace(CALL, conversation=asking("What is the capital of Spain?")),
        replace(CALL, conversation=asking("What is the capital of France?", max_output_tokens=5)),
        call_with(feature="x"),
        call_with(user_tier="x"),
        call_with(request_type="x"),
        call_with(model="large-o"),
    ],
)
def test_whatever_influences_a_decision_separates_it(other: RouteRequest) -> None:
    assert decision_key(CALL, "v1", PROVIDERS) != decision_key(other, "v1", PROVIDERS)


def test_policy_and_providers_separate_decisions_and_the_request_id_does_not() -> None:
    key = decision_key(CALL, "v1", PROVIDERS)
    assert key != decision_key(CALL, "v2", PROVIDERS)
    assert key != decision_key(CALL, "v1", ("openai",))
    assert key == decision_key(replace(CALL, request_id="other"), "v1", tuple(reversed(PROVIDERS)))


def test_limits_and_classify_do_not_separate_decisions() -> None:
    limited = call_with(max_latency_ms=900, max_cost_usd=Decimal(1), classify=False)
    assert decision_key(CALL, "v1", PROVIDERS) == decision_key(limited, "v1", PROVIDERS)


def stopped(by_itself: CascadeOutcome, limit: str) -> CascadeOutcome:
    return CascadeOutcome.model_validate(by_itself.model_dump() | {"stopped_by": limit})


@pytest.mark.parametrize(
    ("result", "error", "status"),
    [
        (outcome(status="rejected", answer=None, rejection="bad"), RequestRejectedError, 400),
        (outcome(status="failed", answer=None), AllFailedError, 503),
        (outcome(status="failed", answer=None, stopped_by="budget"), BudgetExceededError, 402),
        (outcome(status="failed", answer=None, stopped_by="deadline"), DeadlineExceededError, 504),
        (all_failed("rate_limited"), RateLimitedError, 429),
        (all_failed("throttled"), ThrottledError, 503),
        # The next model would have been too dear, but it is not the cap that is to blame.
        (stopped(all_failed("throttled"), "budget"), ThrottledError, 503),
        (stopped(all_failed("throttled"), "deadline"), ThrottledError, 503),
        (all_failed("context_window"), InvalidRequestError, 400),
        (all_failed("context_window", "timeout"), AllFailedError, 503),
        (all_failed("rate_limited", "timeout"), AllFailedError, 503),
    ],
)
def test_every_other_ending_is_a_typed_error_and_counted(
    result: CascadeOutcome, error: type[RouterError], status: int
) -> None:
    here = scripted(result)
    with pytest.raises(error) as raised:
        here.routing.answer(CALL)
    assert raised.value.status == status
    assert raised.value.outcome == result
    assert here.metrics.finished == [result]
    assert here.metrics.latencies_ms == [40]
    assert here.payloads.discarded


@pytest.mark.parametrize(
    ("result", "exhausted"),
    [
        (outcome(), False),
        (outcome(status="rejected", answer=None, rejection="bad"), False),
        (all_failed("context_window"), False),
        (all_failed("rate_limited"), True),
        (outcome(status="failed", answer=None), True),
        (outcome(status="failed", answer=None, stopped_by="budget"), True),
        (outcome(status="failed", answer=None, stopped_by="deadline"), True),
        (None, True),
    ],
)
def test_only_an_ending_that_others_might_have_answered_counts_as_exhausted(
    result: CascadeOutcome | None, exhausted: bool
) -> None:
    here = scripted(result)
    with suppress(RouterError):
        here.routing.answer(CALL)
    assert here.metrics.exhausted == [exhausted]


@pytest.mark.parametrize(
    ("failure", "status"), [(CascadeFailedError, 503), (CascadeTimeoutError, 504)]
)
def test_an_execution_that_hands_nothing_back_is_booked_at_what_it_may_have_cost(
    failure: type[CascadeFailedError], status: int
) -> None:
    here = ScriptedRouting(ScriptedCascade(failure=failure))
    with pytest.raises(failure) as raised:
        here.routing.answer(CALL)
    (plan,), (record,) = here.cascade.plans, here.archive.records.values()
    most = plan.most_nano_usd(plan.deadline_epoch_ms - NOW)
    assert raised.value.status == status
    assert 0 < most < plan.budget_nano_usd
    assert (record.status, record.purpose, record.attempts) == ("unfinished", "answer", ())
    assert (record.unknown_nano_usd, record.cost_nano_usd) == (most, most)
    told = error_reply(raised.value, "r")["router"]
    assert (told["total_cost_usd"], told["cost_estimated"]) == (pytest.approx(most / 1e9), True)
    assert here.metrics.finished == [raised.value.outcome]
    assert here.payloads.discarded
    assert here.cache.counts == []


def test_an_answer_that_cannot_be_fetched_is_in_the_books_all_the_same() -> None:
    here = ScriptedRouting(ScriptedCascade(outcome()), payloads=InlinePayloads(lost=True))
    with pytest.raises(PayloadLostError) as lost:
        here.routing.answer(CALL)
    (record,) = here.archive.records.values()
    assert (lost.value.status, record.status, record.cost_nano_usd) == (503, "failed", 1_000)
    assert [o.cost_nano_usd for o in here.metrics.finished] == [1_000]
    assert here.cache.decisions == {}


def test_an_execution_that_never_started_cost_nothing() -> None:
    here = ScriptedRouting(ScriptedCascade(failure=CascadeNotStartedError))
    with pytest.raises(CascadeNotStartedError):
        here.routing.answer(CALL)
    (record,) = here.archive.records.values()
    assert (record.status, record.cost_nano_usd) == ("unfinished", 0)


def test_the_soonest_wait_is_handed_on() -> None:
    assert all_failed("rate_limited", "overloaded").retry_after_ms == 2_999
    assert outcome().retry_after_ms is None


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"stopped_by": "budget"}, "budget"),
        ({"stopped_by": "deadline"}, "deadline"),
        (
            {"attempts": [attempt("a", 1, "first"), attempt("b", 2, "escalation")]},
            "no_stronger_model",
        ),
        (
            {"attempts": [attempt("a", 1, "first"), attempt("b", 2, "escalation", "unavailable")]},
            "failures",
        ),
        (
            {"attempts": [attempt("a", 1, "first"), attempt("b", 2, "escalation", "rejected")]},
            "rejection",
        ),
    ],
)
def test_a_degraded_answer_says_why(changes: dict[str, object], because: str) -> None:
    assert outcome(degraded=True, **changes).degraded_because == because
    assert outcome(**changes).degraded_because is None


def test_what_an_answer_saved_is_signed() -> None:
    here = scripted(
        outcome(
            attempts=[
                attempt("small-a", 10, "first")
                | {
                    "usage": {"input_tokens": 1_000, "output_tokens": 100},
                    "cost_nano_usd": 1_000 * 200 + 100 * 1_000,
                }
            ]
        )
    )
    routed = here.routing.answer(CALL)
    assert routed.baseline_nano_usd == 1_000 * 6_000 + 100 * 30_000
    assert router_object(routed)["saved_usd"] == pytest.approx(0.009 - 0.0003)
    dear = outcome(
        attempts=[
            attempt("small-a", 10, "first")
            | {
                "usage": {"input_tokens": 10, "output_tokens": 1},
                "cost_nano_usd": 10**9,
            }
        ]
    )
    assert router_object(scripted(dear).routing.answer(CALL))["saved_usd"] < -0.99


def test_a_rules_limits_count_where_they_are_tighter() -> None:
    policy = read(POLICY_TEXT + LIMITING)
    here = scripted(outcome())
    routing = replace(here.routing, policies=FixedPolicy(policy))
    limited = replace(
        CALL,
        hints=RouterHints(feature="limited", max_cost_usd=Decimal("0.5"), max_latency_ms=1_000),
        conversation=asking("Why?", max_output_tokens=70),
    )
    routing.answer(limited)
    (plan,) = here.cascade.plans
    assert plan.budget_nano_usd == 10_000_000
    assert plan.deadline_epoch_ms == NOW + 1_000
    assert plan.tiers[Tier.SIMPLE].candidates[0].max_output_tokens == 50
    assert plan.tiers[Tier.SIMPLE].requirements.threshold == 0


def test_naming_a_model_does_not_escape_a_rules_limits() -> None:
    policy = read(POLICY_TEXT + LIMITING)
    here = scripted(outcome())
    routing = replace(here.routing, policies=FixedPolicy(policy))
    routing.answer(call_with(model="large-o", feature="limited"))
    (plan,) = here.cascade.plans
    assert plan.chosen is not None
    assert plan.chosen.start.strategy == "override"
    assert plan.budget_nano_usd == 10_000_000


UNCLEAR = replace(CALL, conversation=asking("How do magnets work?"))


def test_a_decision_that_was_paid_for_is_counted_and_kept() -> None:
    decided = outcome(
        status="decided",
        start=Start(tier=Tier.SIMPLE, strategy="llm_classifier"),
        answer=None,
        attempts=[attempt("small-o", 10, "classification")],
    )
    here = scripted(decided)
    here.routing.decide(UNCLEAR)
    assert here.metrics.decided == [decided]
    assert here.metrics.finished == []
    (record,) = here.archive.records.values()
    assert (record.purpose, record.status, record.cost_nano_usd) == ("classify", "decided", 1_000)


def test_a_decision_says_what_a_first_answer_will_probably_cost() -> None:
    clear = scripted().routing.decide(CALL)
    assert clear.expected_nano_usd is not None
    assert decision_object(clear)["expected_cost_usd"] == clear.expected_nano_usd / 1e9
    costs = []
    for tokens in (100, 1_000):
        judged = {"complexity": "moderate", "reasoning": "steps", "estimated_tokens": tokens}
        decided = outcome(
            status="decided", start=Start(tier=Tier.MODERATE), classification=judged, answer=None
        )
        costs.append(scripted(decided).routing.decide(UNCLEAR).expected_nano_usd or 0)
    assert costs[1] - costs[0] == 900 * 15_000
    unclassified = replace(UNCLEAR, hints=RouterHints(classify=False))
    open_ = scripted().routing.decide(unclassified)
    assert decision_object(open_)["expected_cost_usd"] is None


def test_a_conversation_that_cannot_be_handed_over_is_a_503_that_cost_nothing() -> None:
    class Full(InlinePayloads):
        def offload(self, value: Json) -> Json:
            raise PayloadNotStoredError("a payload cannot be stored")

    here = scripted(outcome())
    with pytest.raises(CascadeFailedError) as failed:
        replace(here.routing, payloads=Full()).answer(CALL)
    assert failed.value.status == 503
    assert here.cascade.plans == []
    (record,) = here.archive.records.values()
    assert (record.status, record.cost_nano_usd) == ("unfinished", 0)


def test_a_decision_that_cost_nothing_leaves_no_ledger() -> None:
    here = scripted(
        outcome(
            status="decided",
            start=Start(tier=Tier.SIMPLE, strategy="default"),
            answer=None,
            attempts=[],
        )
    )
    here.routing.decide(UNCLEAR)
    assert here.archive.records == {}


def test_a_lost_decision_is_booked_at_its_classifiers_worst_case() -> None:
    here = scripted()
    with pytest.raises(CascadeFailedError):
        here.routing.decide(UNCLEAR)
    (plan,), (record,) = here.cascade.plans, here.archive.records.values()
    assert plan.classifier is not None
    assert (record.purpose, record.status) == ("classify", "unfinished")
    assert record.cost_nano_usd == plan.classifier.worst_case_nano_usd
    assert [o.cost_nano_usd for o in here.metrics.decided] == [record.cost_nano_usd]


def test_without_an_enabled_provider_the_operator_has_to_act() -> None:
    routing = replace(scripted().routing, enabled_providers=("misspelt",))
    with pytest.raises(NotConfiguredError) as refused:
        routing.answer(CALL)
    assert refused.value.status == 503


def test_a_tier_that_escalates_too_often_is_advised_and_its_threshold_stays() -> None:
    here = scripted(outcome())
    here.cache.known_rates[Tier.SIMPLE] = EscalationRate(answered=1_000, escalated=400)
    here.routing.answer(CALL)
    (plan,) = here.cascade.plans
    requirements = plan.tiers[Tier.SIMPLE].requirements
    assert requirements.threshold == POLICY.tiers[Tier.SIMPLE].threshold
    ((tier, escalated, advice),) = here.metrics.tiers
    assert (tier, escalated) == (Tier.SIMPLE, False)
    assert "classifier" in str(advice)


def test_a_decision_shows_every_rule_that_was_tried() -> None:
    routed = scripted().routing.decide(call_with(request_type="proof"))
    tried = decision_object(routed)["rules_tried"]
    assert [(t["rule"], t["matched"]) for t in tried] == [
        ("light-work", False),
        ("deep-work", True),
    ]
    assert "request_type in" in tried[0]["because"]


def test_deadline_and_cap_travel_in_the_plan() -> None:
    here = scripted(outcome())
    here.routing.answer(call_with(max_latency_ms=3_000, max_cost_usd=Decimal("0.01")))
    (plan,) = here.cascade.plans
    assert plan.deadline_epoch_ms == NOW + 3_000
    assert plan.budget_nano_usd == 10_000_000


def test_a_caller_cannot_ask_for_more_than_the_operator_allows() -> None:
    here = scripted(outcome())
    here.routing.answer(call_with(max_latency_ms=10**9, max_cost_usd=Decimal(10**6)))
    (plan,) = here.cascade.plans
    assert plan.deadline_epoch_ms == NOW + 25_000
    assert plan.budget_nano_usd == 2_000_000_000


@pytest.mark.parametrize(
    ("hints", "strategy", "rule"),
    [
        ({"model": "old-o"}, "override", None),
        ({"model_tier": Tier.COMPLEX}, "override", None),
        ({"request_type": "proof"}, "rule", "deep-work"),
        ({}, "local_classifier", None),
    ],
)
def test_the_clear_cases_are_decided_without_any_model(
    hints: dict[str, Any], strategy: str, rule: str | None
) -> None:
    here = scripted()
    routed = here.routing.decide(call_with(**hints))
    assert routed.start is not None
    assert (routed.start.strategy, routed.start.rule) == (strategy, rule)
    assert here.cascade.plans == []


def test_an_unclear_case_is_judged_only_if_that_is_wanted() -> None:
    start = Start(tier=Tier.SIMPLE, strategy="llm_classifier")
    decided = outcome(status="decided", start=start, answer=None)
    here = scripted(decided)
    unclassified = replace(UNCLEAR, hints=RouterHints(classify=False))
    assert here.routing.decide(unclassified).start is None
    assert here.cascade.plans == []
    assert here.routing.decide(UNCLEAR).outcome == decided
    assert here.cascade.plans[0].purpose == "classify"


def test_memory_decides_before_the_estimate_does() -> None:
    here = scripted(outcome())
    key = decision_key(CALL, FixedPolicy().current().version, PROVIDERS)
    here.cache.decisions[key] = CachedDecision(tier=Tier.COMPLEX, rank=30)
    start = here.routing.decide(CALL).start
    assert start is not None
    assert start.strategy == "cache"


def test_an_unknown_model_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match=r"'gpt-9'.*auto, small-a") as refused:
        scripted().routing.answer(call_with(model="gpt-9"))
    assert (refused.value.status, refused.value.param) == (404, "model")


@pytest.mark.parametrize(
    ("hints", "own", "tier", "model"),
    [
        ({"model": "old-o"}, {}, "simple", None),
        ({"model": "old"}, {}, "complex", None),
        ({"model": "pinned"}, {}, "complex", "large-o"),
        ({"model": "old-mini-o"}, {}, "simple", "old-mini-o"),
        ({"model": "old"}, {"old": "old-o"}, "simple", "old-o"),
        ({"model": "old-o"}, {"old-o": "moderate"}, "moderate", None),
        ({}, {"auto": "complex"}, "simple", None),
        ({"model": "old", "model_tier": Tier.SIMPLE}, {}, "simple", None),
        ({"model": "old-o", "model_tier": Tier.COMPLEX}, {}, "complex", None),
        ({"model": "pinned", "model_tier": Tier.SIMPLE}, {}, "complex", "large-o"),
    ],
)
def test_an_alias_stands_for_something_else_and_a_keys_own_comes_first(
    hints: dict[str, Any], own: dict[str, str], tier: str, model: str | None
) -> None:
    aliases = '"old-o" = "auto"\n"old" = "complex"\n"pinned" = "large-o"'
    policy = read(with_aliases(aliases))
    here = scripted(outcome(start=Start(tier=Tier(tier), strategy="override")))
    routing = replace(here.routing, policies=FixedPolicy(policy))
    routing.answer(replace(call_with(**hints), aliases=own))
    (plan,) = here.cascade.plans
    first = plan.tiers[Tier(tier)].candidates[0].id
    assert (plan.tier, first if model else None) == (tier, model)


def test_the_tokens_of_a_classification_are_not_those_of_the_answer() -> None:
    usage = {"usage": {"input_tokens": 900, "output_tokens": 40}}
    classified = attempt("small-a", 10, "classification") | usage
    answered = attempt("small-a", 10, "first")
    assert outcome(attempts=[classified, answered]).answering_usage is None
    assert outcome(attempts=[classified, answered | usage]).answering_usage is not None


def test_a_request_that_no_model_can_take_names_the_field() -> None:
    huge = replace(CALL, conversation=asking("x" * 5_000_000))
    with pytest.raises(InvalidRequestError, match=r"messages: .*tokens") as refused:
        scripted().routing.answer(huge)
    assert refused.value.param == "messages"


def test_an_accepted_first_answer_is_left_for_a_shadow_check_if_the_policy_says_so() -> None:
    scripted = ScriptedRouting(ScriptedCascade(outcome(answered_by="small-a")))
    checked = POLICY.model_copy(
        update={"shadow": ShadowSettings(share=1, max_usd_per_day=Decimal(1))}
    )
    routing = replace(scripted.routing, policies=FixedPolicy(checked))
    call = call_with(model_tier=Tier.SIMPLE)
    routing.answer(call)
    assert [job.answer for job in scripted.shadow.jobs] == ["Paris"]
    scripted.routing.answer(call)
    assert len(scripted.shadow.jobs) == 1


def test_an_execution_cannot_have_cost_less_than_nothing() -> None:
    assert outcome(unknown_nano_usd=0).cost_nano_usd == 1_000
    with pytest.raises(ValidationError):
        outcome(unknown_nano_usd=-1)


def test_a_rule_that_names_a_model_starts_in_the_tier_of_that_model() -> None:
    rule = """
[[rules]]
name = "named"
when = { feature = { equals = "named" } }
then.model = "large-a"
"""
    policy = read(POLICY_TEXT + rule)
    here = scripted(outcome(start=Start(tier=Tier.COMPLEX)))
    named = call_with(feature="named")
    replace(here.routing, policies=FixedPolicy(policy)).answer(named)
    (plan,) = here.cascade.plans
    assert plan.chosen is not None
    assert (plan.tier, plan.chosen.start.strategy) == (Tier.COMPLEX, "rule")
    assert plan.tiers[Tier.COMPLEX].candidates[0].id == "large-a"


@pytest.mark.parametrize(
    ("name", "said"), [("mine", "'gone' (this key's 'mine'); "), ("gone", "'gone'; ")]
)
def test_an_unknown_model_is_named_with_the_keys_own_alias_if_it_is_one(
    name: str, said: str
) -> None:
    with pytest.raises(UnknownModelError) as refused:
        scripted().routing.answer(replace(call_with(model=name), aliases={"mine": "gone"}))
    assert str(refused.value).startswith(f"model: no model {said}one of auto, ")


@pytest.mark.parametrize(
    ("since_epoch_hours", "hour"), [(0, 0), (23, 23), (24, 0), (500_000, 8), (500_015.99, 23)]
)
def test_a_rule_sees_the_hour_of_the_day_in_utc(since_epoch_hours: float, hour: int) -> None:
    now_ms = int(since_epoch_hours * 3_600_000)
    assert facts_of(CALL.conversation, CALL.hints, now_ms).hour == hour


def test_a_cost_is_estimated_only_where_a_bill_is_missing() -> None:
    assert not outcome().cost_estimated
    assert outcome(unknown_nano_usd=1).cost_estimated
    guessed = attempt("small-a", 10, "first") | {"cost_estimated": True}
    assert outcome(attempts=[guessed]).cost_estimated


def test_an_outcome_that_did_not_answer_gives_no_answer_whatever_it_holds() -> None:
    with pytest.raises(AllFailedError):
        scripted(outcome(status="failed")).routing.answer(CALL)
