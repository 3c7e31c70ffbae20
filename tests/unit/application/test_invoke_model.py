from typing import Any

import pytest
from pydantic import ValidationError

from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.content import Text, Thinking
from llm_router.domain.outcome.failures import ACTIONS, Failure, FailureKind, ProviderFailure
from llm_router.domain.trust.signals import signals
from tests.support.fakes import InlinePayloads, ScriptedProvider, asking
from tests.support.policies import POLICY

NOW = 1_800_000_000_000
CANDIDATE = {
    "id": "small", "provider": "p", "format": "openai", "base_url": None, "name": "small-1",
    "rank": 10, "max_output_tokens": 100, "sampling": False, "json_schema": True,
    "prices": {
        "input_usd_per_mtok": "1", "cached_input_usd_per_mtok": "0.1", "output_usd_per_mtok": "5",
    },
    "worst_case_nano_usd": 999_000, "minimum_ms": 500, "minimum_nano_usd": 150_000,
    "context_window": 4_096, "min_output_tokens": 10, "most_input_tokens": 100,
}  # fmt: skip


SLEPT: list[float] = []
WEIGHTS = POLICY.confidence.weights


def given(text: str, usage: Usage | None = None) -> ProviderAnswer:
    return ProviderAnswer(Answer(text=text, finish_reason="stop"), usage)


def run(
    provider: ScriptedProvider, action: str = "answer", question: str = "Why?", **more: Any
) -> dict[str, Any]:
    event: dict[str, Any] = {
        "action": action, "request_id": "r", "deadline_epoch_ms": NOW + 10_150,
        "attempt_share": 0.5, "candidate": CANDIDATE, "budget_nano_usd": 10**9,
        "content_policy": "stop",
        "payload": {"inline": asking(question, temperature=0.5).model_dump(mode="json")},
    }  # fmt: skip
    if action == "answer":
        event |= {"reason": "first", "expected_output_tokens": 10, "ask_self_rating": False}
        event["weights"] = WEIGHTS.model_dump()
    else:
        event |= {"max_prompt_characters": 100}
    use_case = ModelInvoker({"openai": provider}, InlinePayloads(), lambda: NOW, SLEPT.append)
    return use_case.run(INVOCATION.validate_python(event | more))


def test_an_answer_comes_with_confidence_and_its_exact_cost() -> None:
    usage = Usage(input_tokens=10, cached_input_tokens=4, output_tokens=3)
    result = run(ScriptedProvider(given("Because it is so.", usage)))
    assert result["outcome"] == "answered"
    assert (
        Answer.model_validate(result["opinion"]["answer"]["inline"])
        == given("Because it is so.").answer
    )
    assert result["opinion"]["confidence"] == 0.9
    assert result["attempt"]["started_epoch_ms"] == NOW
    assert result["attempt"]["cost_nano_usd"] == 6_000 + 400 + 15_000
    assert result["attempt"]["cost_estimated"] is False


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Because it is so.", "none"),
        ("I'm sorry, but I can't help with that.", "form"),
        ("```python\nprint(1)", "structure"),
    ],
    ids=["faultless", "refusal", "open-fence"],
)
def test_an_answer_names_what_is_doubted(text: str, doubt: str) -> None:
    result = run(ScriptedProvider(given(text)))
    assert (result["doubt"], result["opinion"]["doubt"]) == (doubt, doubt)


def test_an_answer_without_usage_is_booked_at_its_worst_case() -> None:
    attempt = run(ScriptedProvider(given("Because it is so.")))["attempt"]
    assert (attempt["cost_nano_usd"], attempt["cost_estimated"]) == (999_000, True)


@pytest.mark.parametrize(
    ("kind", "outcome", "cost"),
    [
        (FailureKind.OVERLOADED, "unavailable", 0),
        (FailureKind.CONTEXT_WINDOW, "unavailable", 0),
        (FailureKind.TRUNCATED_OUTPUT, "unavailable", 999_000),
        (FailureKind.CREDENTIALS, "unavailable", 0),
        (FailureKind.TIMEOUT, "unavailable", 999_000),
        (FailureKind.MALFORMED_OUTPUT, "unavailable", 999_000),
        (FailureKind.INVALID_REQUEST, "rejected", 0),
    ],
)
@pytest.mark.parametrize("action", ["answer", "classify"])
def test_a_providers_failure_is_data(
    kind: FailureKind, outcome: str, cost: int, action: str
) -> None:
    failure = Failure(kind=kind, status=500, code="word", retry_after_ms=1_500)
    result = run(ScriptedProvider(ProviderFailure(failure, "detail")), action)
    assert result["outcome"] == outcome
    assert Failure.model_validate(result["attempt"]["failure"]) == failure
    assert result["retry_after_ms"] == 1_500
    assert result["attempt"]["started_epoch_ms"] == NOW
    assert result["attempt"]["cost_nano_usd"] == cost
    assert ("rejection" in result) == (outcome == "rejected")
    assert "detail" not in str(result["attempt"])


@pytest.mark.parametrize(
    ("reserved_ms", "share", "timeout"),
    [(0, 0.5, 10.0), (2_000, 0.5, 8.0), (5_000, 0.5, 5.0), (5_001, 0.5, 10.0), (2_000, 1, 10.0)],
    ids=["none-follows", "one-fits", "one-just-fits", "one-would-take-too-much", "chosen-by-name"],
)
def test_a_call_is_cut_short_only_for_one_that_fits_into_the_rest(
    reserved_ms: int, share: float, timeout: float
) -> None:
    provider = ScriptedProvider(given("x"))
    run(provider, reserved_ms=reserved_ms, attempt_share=share)
    assert provider.asked[0][2] == timeout


@pytest.mark.parametrize(
    ("left_ms", "minimum_ms", "timeout"),
    [(10_150, 500, 5.0), (1_150, 950, 0.8), (1_150, 2_150, 1.0)],
    ids=["its-share", "its-minimum", "all-that-is-left"],
)
def test_a_classification_has_its_share_of_the_time(
    left_ms: int, minimum_ms: int, timeout: float
) -> None:
    provider = ScriptedProvider(given("x"))
    candidate = CANDIDATE | {"minimum_ms": minimum_ms}
    run(provider, action="classify", candidate=candidate, deadline_epoch_ms=NOW + left_ms)
    assert provider.asked[0][2] == timeout


def test_nothing_is_called_after_the_deadline() -> None:
    provider = ScriptedProvider(given("x"))
    attempt = run(provider, deadline_epoch_ms=NOW + 100)["attempt"]
    assert provider.asked == []
    assert (attempt["failure"]["code"], attempt["cost_nano_usd"]) == ("no_time_left", 0)


def test_an_answer_cut_by_the_callers_own_bound_is_not_doubted() -> None:
    cut = ProviderAnswer(Answer(text="Because it is", finish_reason="length"), None)
    assert run(ScriptedProvider(cut))["opinion"]["confidence"] < 0.5
    payload = {"inline": asking("Why?", max_output_tokens=3).model_dump(mode="json")}
    assert run(ScriptedProvider(cut), payload=payload)["opinion"]["confidence"] == 0.9


def test_a_reason_for_a_rejection_fits_into_a_state() -> None:
    echo = ProviderFailure(Failure(kind=FailureKind.INVALID_REQUEST, status=422), "x" * 300_000)
    assert len(run(ScriptedProvider(echo))["rejection"]) == 2_000


def test_a_parameter_that_the_model_does_not_take_is_left_out_and_named() -> None:
    provider = ScriptedProvider(given("x"))
    result = run(provider)
    assert provider.asked[0][1].temperature is None
    assert result["attempt"]["ignored"] == ["temperature"]


def test_the_self_rating_is_asked_for_used_and_stripped() -> None:
    provider = ScriptedProvider(given("Because it is so.\nConfidence: 30"))
    result = run(provider, ask_self_rating=True)
    assert "Confidence: N" in provider.asked[0][1].messages[0].content
    assert result["opinion"]["answer"]["inline"]["text"] == "Because it is so."
    assert result["opinion"]["confidence"] < 0.5
    assert result["attempt"]["signals"]["self_rating"] == 0.3


def telling(*logprobs: float) -> ProviderAnswer:
    told = {"content": [{"token": "x", "logprob": value} for value in logprobs]}
    answer = Answer(text="Because it is so.", finish_reason="stop", logprobs=told)
    return ProviderAnswer(answer, None)


def test_token_probabilities_are_asked_for_used_and_kept_from_who_did_not_ask() -> None:
    asking_for_them = CANDIDATE | {"ask_logprobs": True}
    provider = ScriptedProvider(telling(-0.1, -0.3))
    sure = run(provider, candidate=asking_for_them)
    assert provider.asked[0][1].logprobs is True
    assert sure["attempt"]["signals"]["token_probability"] == pytest.approx(0.8187, abs=1e-4)
    assert "logprobs" not in sure["opinion"]["answer"]["inline"]
    unsure = run(ScriptedProvider(telling(-2.0)), candidate=asking_for_them)
    silent = run(ScriptedProvider(given("Because it is so.")), candidate=asking_for_them)
    not_asked = run(ScriptedProvider(telling(-2.0)))
    found = [r["opinion"]["confidence"] for r in (not_asked, sure, unsure, silent)]
    assert found == sorted(set(found), reverse=True)


def test_a_caller_who_asks_for_log_probabilities_gets_them() -> None:
    payload = {"inline": asking("Why?", logprobs=True).model_dump(mode="json")}
    candidate = CANDIDATE | {"ask_logprobs": True}
    kept = run(ScriptedProvider(telling(-0.1)), candidate=candidate, payload=payload)
    assert kept["opinion"]["answer"]["inline"]["logprobs"]["content"][0]["logprob"] == -0.1


def test_a_valid_judgement_is_handed_on() -> None:
    text = '{"complexity": "complex", "reasoning": "proof", "estimated_tokens": 900}'
    provider = ScriptedProvider(given(text))
    result = run(provider, "classify")
    assert result["classification"]["complexity"] == "complex"
    assert result["attempt"]["reason"] == "classification"
    assert provider.asked[0][3] is not None


def test_an_invalid_event_is_refused_without_quoting_the_conversation() -> None:
    with pytest.raises(ValidationError) as refused:
        run(ScriptedProvider(given("x")), question="a-secret-prompt", reason="a-secret-whim")
    assert "reason" in str(refused.value)
    assert "a-secret" not in str(refused.value)


def test_a_malformed_judgement_is_a_paid_attempt_without_one() -> None:
    result = run(ScriptedProvider(given("complex, I think")), "classify")
    assert result["classification"] == {}
    assert result["attempt"]["outcome"] == "answered"


def test_a_tight_budget_bounds_the_output_and_the_worst_case() -> None:
    provider = ScriptedProvider(given("x"))
    attempt = run(provider, budget_nano_usd=100_000 + 20 * 5_000 + 4_999)["attempt"]
    assert provider.asked[0][1].max_output_tokens == 20
    assert attempt["max_output_tokens"] == 20
    assert attempt["cost_nano_usd"] == 100_000 + 20 * 5_000


@pytest.mark.parametrize(
    ("setting", "outcome"), [("stop", "rejected"), ("fall_back", "unavailable")]
)
def test_the_policy_decides_what_follows_from_a_content_filter(setting: str, outcome: str) -> None:
    filtered = ProviderFailure(Failure(kind=FailureKind.CONTENT_POLICY, status=400), "flagged")
    result = run(ScriptedProvider(filtered), content_policy=setting)
    assert result["outcome"] == outcome


def test_a_retry_waits_as_long_as_the_provider_asked() -> None:
    SLEPT.clear()
    run(ScriptedProvider(given("x")), reason="retry", not_before_epoch_ms=NOW + 700)
    run(ScriptedProvider(given("x")))
    assert SLEPT == [0.7, 0]


def test_a_self_rating_that_is_missing_speaks_against_the_answer() -> None:
    asked = run(ScriptedProvider(given("Because it is so.")), ask_self_rating=True)
    assert (
        asked["opinion"]["confidence"]
        < 0.5
        < run(ScriptedProvider(given("Because.")))["opinion"]["confidence"]
    )


def opinion(model: str, rank: int, text: str) -> dict[str, Any]:
    answer = Answer(text=text, finish_reason="stop")
    return {
        "model": model,
        "rank": rank,
        "answer": {"inline": answer.model_dump()},
        "confidence": 0.9,
        "signals": signals(answer, 5).model_dump(),
    }


def compared(first: str, second: str) -> dict[str, Any]:
    event = {
        "action": "compare",
        "request_id": "r",
        "payload": {"inline": asking("How many are 6 times 7?").model_dump(mode="json")},
        "opinions": [opinion("a", 1, first), opinion("b", 2, second)],
        "weights": WEIGHTS.model_dump(),
    }
    provider = ScriptedProvider(given("never asked"))
    use_case = ModelInvoker({"openai": provider}, InlinePayloads(), lambda: NOW, SLEPT.append)
    result = use_case.run(INVOCATION.validate_python(event))
    assert provider.asked == []
    return result


def test_agreement_makes_the_cheaper_answer_trusted() -> None:
    result = compared("It is 42.", "6 times 7 makes 42.")
    assert (result["opinion"]["model"], result["comparison"]["agreement"]) == ("a", 1.0)
    assert result["opinion"]["confidence"] > 0.9


def test_disagreement_makes_neither_trusted() -> None:
    assert compared("It is 42.", "It is 41.")["opinion"]["confidence"] < 0.5


def test_of_two_that_disagree_the_faultless_one_is_kept() -> None:
    assert compared("I'm not sure, but it may be 42.", "It is 41.")["opinion"]["model"] == "b"


def test_no_rating_is_asked_for_where_words_would_break_the_form() -> None:
    provider = ScriptedProvider(given('{"a": 1}'))
    payload = {"inline": asking("As JSON", json_object=True).model_dump(mode="json")}
    result = run(provider, ask_self_rating=True, payload=payload)
    assert len(provider.asked[0][1].messages) == 1
    assert result["opinion"]["confidence"] > 0.5


def test_a_rating_is_taken_off_the_last_words_of_an_answer_in_parts() -> None:
    sealed = Thinking(block={"type": "redacted_thinking", "data": "eHg="})
    text = "Because it is so.\nConfidence: 90"
    answer = Answer(text=text, finish_reason="stop", parts=(sealed, Text(text=text)))
    result = run(ScriptedProvider(ProviderAnswer(answer, None)), ask_self_rating=True)
    kept = Answer.model_validate(result["opinion"]["answer"]["inline"])
    assert kept.all_parts == (sealed, Text(text="Because it is so."))
    assert kept.text == "Because it is so."


def test_what_may_have_been_billed_is_known_of_every_class_of_failure() -> None:
    billed = {kind for kind, action in ACTIONS.items() if action.maybe_billed}
    assert billed == {
        FailureKind.TIMEOUT, FailureKind.TRUNCATED_OUTPUT, FailureKind.MALFORMED_OUTPUT,
        FailureKind.PLATFORM, FailureKind.UNKNOWN,
    }  # fmt: skip
    for kind in FailureKind:
        failure = Failure(kind=kind)
        assert ProviderFailure(failure).maybe_billed is (kind in billed)
        for told in (True, False):
            assert ProviderFailure(failure, maybe_billed=told).maybe_billed is told


def test_a_provider_may_ask_to_be_called_at_once_but_not_earlier() -> None:
    assert Failure(kind=FailureKind.RATE_LIMITED, retry_after_ms=0).retry_after_ms == 0
    with pytest.raises(ValidationError):
        Failure(kind=FailureKind.RATE_LIMITED, retry_after_ms=-1)


def test_what_is_not_known_of_an_attempt_is_left_out_as_the_machine_asks_if_it_exists() -> None:
    failed = ProviderFailure(Failure(kind=FailureKind.OVERLOADED, status=529))
    for gives in (given("Because."), failed):
        result = run(ScriptedProvider(gives))
        assert None not in result.values()
        assert None not in result["attempt"].values()
        assert None not in result["attempt"].get("failure", {}).values()
