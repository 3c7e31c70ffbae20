"""Why did this escalate? The reply, the ledger and the decision alone answer it."""

import json
from typing import Any

import pytest

from evaluation.asl_interpreter import NOW_MS
from llm_router.application.invoke import invoke_model
from llm_router.application.route.request import RouteRequest
from llm_router.application.route.route_request import Router
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.outcome.ledger import LedgerRecord
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import Policy, SecondOpinion
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import Tier
from llm_router.wire.shared.router_object import decision_object, router_object
from tests.support.fakes import AnsweringProvider, DictLedger, asking
from tests.support.in_process_router import router
from tests.support.policies import POLICY

Json = dict[str, Any]
REFUSAL = "I'm sorry, but I can't answer that."
SURE = "It is {}, without any doubt and after some thought about it."
LIMITED = Failure(kind=FailureKind.RATE_LIMITED, status=429)


def scripted(*script: str | Failure) -> AnsweringProvider:
    """Answers or fails as told, call by call."""

    def said(number: int, _schema: Json | None) -> str:
        told = script[number - 1]
        if isinstance(told, Failure):
            raise ProviderFailure(told, "no")
        return told

    return AnsweringProvider(said, Usage(input_tokens=20, output_tokens=20))


def policy(second_opinion: SecondOpinion) -> Policy:
    simple = POLICY.tiers[Tier.SIMPLE].model_copy(
        update={
            "second_opinion": second_opinion, "unsure_from": 0.3, "unsure_to": 0.95,
            "threshold": 0.5,
        }
    )  # fmt: skip
    return POLICY.model_copy(update={"tiers": {**POLICY.tiers, Tier.SIMPLE: simple}})


def request(tier: Tier = Tier.SIMPLE) -> RouteRequest:
    question = asking("How many are 6 times 7?")
    return RouteRequest("r", "t", question, RouterHints(model_tier=tier), NOW_MS)


def routing(second_opinion: SecondOpinion, *script: str | Failure) -> Router:
    provider = scripted(*script)
    return router(dict.fromkeys(WIRE_FORMATS, provider), policy(second_opinion))


def kept(here: Router) -> LedgerRecord:
    assert isinstance(here.archive, DictLedger)
    (record,) = here.archive.records.values()
    return LedgerRecord.model_validate_json(record.model_dump_json())


@pytest.mark.parametrize("second_opinion", ["always", "when_unsure"])
def test_a_disagreement_stands_in_the_reply_and_in_the_ledger(
    second_opinion: SecondOpinion,
) -> None:
    here = routing(second_opinion, SURE.format(42), SURE.format(7), SURE.format(42))
    told, record = router_object(here.answer(request())), kept(here)
    first, peer, last = told["attempts"]
    assert [a["reason"] for a in told["attempts"]] == ["first", "second_opinion", "escalation"]
    assert min(first["confidence"], peer["confidence"]) >= told["threshold"] == 0.5
    assert (told["agreement"], told["second_opinion"]) == (0, second_opinion)
    assert told["compared_confidence"] < 0.5 <= told["confidence"]
    expected = {"always": "asked_together", "when_unsure": "unsure"}[second_opinion]
    assert first["next"]["because"] == expected
    assert peer["next"]["because"] == "disagreement"
    for named in (first["model"], peer["model"], "agreement 0", "threshold 0.5"):
        assert named in peer["next"]["explanation"]
    assert last["next"] is None
    assert record.requirements is not None
    assert record.comparison is not None
    assert record.requirements.threshold == 0.5
    assert record.comparison.agreement == 0
    assert record.comparison.confidence == told["compared_confidence"]
    reasons = [a.next and a.next.model_dump() for a in record.attempts]
    assert reasons == [a["next"] for a in told["attempts"]]


def test_answers_that_are_not_comparable_in_time_go_on_with_their_own_confidences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(invoke_model, "agreement_in_time", lambda *_: None)
    here = routing("always", REFUSAL, REFUSAL, SURE.format(42))
    told, record = router_object(here.answer(request())), kept(here)
    peer = told["attempts"][1]
    assert (told["comparison"], told["agreement"]) == ("not_comparable", None)
    assert told["compared_confidence"] == peer["confidence"] < 0.5 <= told["confidence"]
    assert peer["next"]["because"] == "below_threshold"
    assert "not comparable in time" in peer["next"]["explanation"]
    assert record.comparison is not None
    assert record.comparison.verdict == "not_comparable"


def test_an_agreement_stands_there_too() -> None:
    here = routing("always", SURE.format(42), SURE.format(42))
    told = router_object(here.answer(request()))
    assert (told["comparison"], told["agreement"]) == ("compared", 1)
    assert told["compared_confidence"] == told["confidence"] >= told["threshold"]
    assert [a["next"] and a["next"]["because"] for a in told["attempts"]] == [
        "asked_together", None,
    ]  # fmt: skip


def test_a_doubtful_answer_is_below_the_threshold() -> None:
    here = routing("off", REFUSAL, SURE.format(42))
    told = router_object(here.answer(request()))
    first = told["attempts"][0]
    assert first["next"]["because"] == "below_threshold"
    assert f"confidence {first['confidence']}" in first["next"]["explanation"]
    assert told["comparison"] is told["agreement"] is told["compared_confidence"] is None


def test_a_failures_kind_is_the_reason_for_what_replaces_it() -> None:
    here = routing("off", LIMITED, SURE.format(42))
    told = router_object(here.answer(request()))
    first = told["attempts"][0]
    assert first["next"]["because"] == "rate_limited"
    assert f"{first['model']} failed (rate limited, status 429)" in first["next"]["explanation"]


def test_a_peer_that_fails_does_not_hide_why_the_first_answer_was_not_enough() -> None:
    here = routing("always", REFUSAL, LIMITED, SURE.format(42))
    told = router_object(here.answer(request()))
    assert [a["next"] and a["next"]["because"] for a in told["attempts"]] == [
        "asked_together", "below_threshold", None,
    ]  # fmt: skip


JUDGED = json.dumps({"complexity": "simple", "reasoning": "sum", "estimated_tokens": 20})


@pytest.mark.parametrize(
    ("judgement", "because"),
    [(JUDGED, "classified"), ("hm", "not_classified"), (LIMITED, "rate_limited")],
)
def test_a_classification_says_what_followed_from_it(
    judgement: str | Failure, because: str
) -> None:
    unclear = RouteRequest("r", "t", asking("How do magnets work?"), RouterHints(), NOW_MS)
    here = routing("off", judgement, SURE.format(42))
    told = router_object(here.answer(unclear))
    assert told["attempts"][0]["next"]["because"] == because


def test_the_decision_alone_shows_what_answers_will_have_to_meet() -> None:
    told = decision_object(routing("always").decide(request()))
    assert (told["threshold"], told["second_opinion"]) == (0.5, "always")
    undecided = RouteRequest(
        "r", "t", asking("How do magnets work?"), RouterHints(classify=False), NOW_MS
    )
    told = decision_object(routing("always").decide(undecided))
    assert told["threshold"] is told["second_opinion"] is None


def test_a_record_of_the_first_version_is_still_read() -> None:
    old = {
        "request_id": "r", "tenant": "t", "received_epoch_ms": 0, "policy_version": "1",
        "tier": "simple", "wanted_tier": "complex", "strategy": "rule", "status": "answered",
        "agreement": None, "degraded": True, "attempts": [], "cost_nano_usd": 0,
    }  # fmt: skip
    start = LedgerRecord.model_validate_json(json.dumps(old)).start
    assert (start.tier, start.wanted_tier, start.strategy) == ("simple", "complex", "rule")
