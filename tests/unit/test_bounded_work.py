"""Work on texts of callers and models is bounded, whatever they write."""

import json
import re
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, reduce
from typing import Any

import pytest

import llm_router
from evaluation.grading.graders import Submission, grade
from evaluation.grading.specs import Exact, InJson, Numeric
from llm_router.application.invoke import agreement_in_time
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import Json, KeyRecord, ProviderAnswer
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import Tool
from llm_router.domain.final_answers import closing_lines
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import Tier
from llm_router.domain.trust.agreement import agreement, comparable
from llm_router.domain.trust.json_schema import fits
from llm_router.domain.trust.signals import signals
from llm_router.domain.trust.structure import structure_of
from llm_router.wire.openai.request import parse_chat
from llm_router.wire.shared.router_options import to_route_request
from tests.support.compiled_patterns import held_patterns, modules_of
from tests.support.effort import grows_linearly, takes_less_than
from tests.support.fakes import InlinePayloads, ScriptedProvider, asking
from tests.support.hostile_texts import hostile_texts
from tests.support.in_process_router import router
from tests.support.plans import plan_of
from tests.support.policies import POLICY

QUESTIONS = {
    "number": "How many primes are there below N? Give the number.",
    "literal": "[PYTHON]\ndef f(x):\n    return x\nassert f(1) == ??\n[/PYTHON]",
    "choice": "Which animal barks?\nA. the cat\nB. the dog\nC. the cow\nAnswer:",
    "json": 'Extract the person as JSON with the keys "name" and "age".',
    "yes_no": "Is it safe to mix bleach and ammonia?",
    "label": "Classify the review as positive, negative or neutral: it was fine.",
    "fact": "What is the capital of France?",
    "anything": "Explain why the sky is blue.",
}
KEY = KeyRecord("key-1", "tenant", "free", may_set_user_tier=False, created_at=0)
ROUTING = router({}, POLICY)
CANDIDATE = (
    plan_of(asking("Why?"), Decision(tier=None, strategy=None)).tiers[Tier.SIMPLE].candidates[0]
)
WEIGHTS = POLICY.confidence.weights
TOOL = Tool(name="f", parameters={"type": "object", "properties": {"a": {"type": "string"}}})
UNUSED = ProviderAnswer(Answer(text="", finish_reason="stop"), None)

Step = Callable[[str, str], object]


def decided(_question: str, text: str) -> object:
    """The text is a question: its body is parsed, and its tier and plan are decided."""
    body = parse_chat(
        json.dumps({"model": "auto", "messages": [{"role": "user", "content": text}]}),
        POLICY.limits,
    )
    return ROUTING.decide(to_route_request(body, KEY, "r", 1))


def answered(question: str, text: str) -> object:
    """The text is a model's answer: its signals and its confidence are computed."""
    event = {
        "action": "answer", "reason": "first", "request_id": "r", "deadline_epoch_ms": 10_000,
        "attempt_share": 1, "budget_nano_usd": 10**9, "content_policy": "stop",
        "candidate": CANDIDATE.model_dump(), "weights": WEIGHTS.model_dump(),
        "payload": {"inline": asking(question).model_dump(mode="json")},
        "expected_output_tokens": 10, "ask_self_rating": True,
    }  # fmt: skip
    answer = ProviderAnswer(Answer(text=text, finish_reason="stop"), None)
    return invoked(event, ScriptedProvider(answer))


def compared(question: str, text: str) -> object:
    """The text is one of two answers that are compared."""
    result = invoked(comparison(question, text, text + "x"), ScriptedProvider(UNUSED))
    assert "agreement" in result["comparison"]
    return result


def graded(_question: str, text: str) -> object:
    """The text is a recorded answer that is graded."""
    last = Submission(asking("Why?"), "42", text)
    specs = (Exact(), Exact(final=InJson(json_field="answer")), Numeric(final="last_line"))
    return [grade(spec, last) for spec in specs]


STEPS: dict[str, Step] = {step.__name__: step for step in (decided, answered, compared, graded)}


def comparison(question: str, first: str, second: str) -> Json:
    opinions = [
        {
            "model": model, "rank": rank, "confidence": confidence,
            "answer": {"inline": Answer(text=text, finish_reason="stop").model_dump()},
            "signals": signals(Answer(text="42", finish_reason="stop"), 5).model_dump(),
        }
        for model, rank, confidence, text in (("a", 1, 0.7, first), ("b", 1, 0.8, second))
    ]  # fmt: skip
    return {
        "action": "compare", "request_id": "r", "opinions": opinions,
        "payload": {"inline": asking(question).model_dump(mode="json")},
        "weights": WEIGHTS.model_dump(),
    }  # fmt: skip


def invoked(event: Json, provider: ScriptedProvider) -> Json:
    providers = dict.fromkeys(WIRE_FORMATS, provider)
    invoker = ModelInvoker(providers, InlinePayloads(), lambda: 0, lambda _: None)
    return invoker.run(INVOCATION.validate_python(event))


def formulas(count: int) -> str:
    """An honest answer that lists so many numbers, each set as a formula."""
    listed = ", ".join(rf"\({n}\)" for n in range(2, 2 + count))
    return f"There are several. The primes are {listed}, so I count that many of them."


@pytest.mark.parametrize("count", [12, 60, 143, 1_000])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_an_answer_that_lists_formulas_takes_milliseconds(step: Step, count: int) -> None:
    assert takes_less_than(30, partial(step, QUESTIONS["number"], formulas(count)))


@pytest.mark.parametrize("count", [1, 2, 6, 60])
def test_the_formulas_that_end_an_answer_are_read(count: int) -> None:
    listed = ", ".join(rf"\({n}\)" for n in range(2, 2 + count))
    assert closing_lines.displayed(f"They are {listed}.") == ", ".join(listed.split(", ")[-6:])


PIECES = {
    "formula-list": "\\(2\\), ", "dollar-list": "$2$ and ", "open-formulas": "\\(",
    "blanks": " ", "lines": "\n", "dashes": "-", "escaped-quotes": "\\'",
    "accents-alone": "\u0301\u0323", "fences": "```x\n", "digits": "9", "data-addresses": "data:",
    "fields": '"answer": "', "Chinese": "是", "emoji": "👩‍👩‍👧 ",
}  # fmt: skip
SMALL, LARGE = 5_000, 40_000


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_each_step_takes_time_linear_in_the_text(step: Step, piece: str) -> None:
    text = piece * (LARGE // len(piece) + 1)
    assert grows_linearly(partial(step, QUESTIONS["number"]), text[:SMALL], text[:LARGE], 200)


PATTERNS = list(
    {p.pattern: p for m in modules_of(llm_router) for p in held_patterns(m).values()}.values()
)


@pytest.mark.parametrize(
    ("step", "share"), [(compared, 3), (answered, 3), (decided, 4), (graded, 4)]
)
def test_texts_made_for_one_pattern_meet_all_others(step: Step, share: int) -> None:
    for number, pattern in enumerate(PATTERNS[::share]):
        question = list(QUESTIONS.values())[number % len(QUESTIONS)]
        for text in hostile_texts(pattern, 8_000, 6, 1, seed=number)[-1:]:
            assert takes_less_than(100, partial(step, question, text)), text[:80]


def test_whether_answers_can_be_compared_is_read_from_a_bounded_part() -> None:
    for piece in PIECES.values():
        assert takes_less_than(15, partial(comparable, piece * (1_000_000 // len(piece))))


# ---- comparisons that would not end --------------------------------------------------------------


def runs_away(_question: str, _first: str, _second: str) -> float:
    re.match("(a+)+$", "a" * 60 + "!")
    return 1.0


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement_in_time, "agreement", runs_away)
    monkeypatch.setattr(agreement_in_time, "MOST_SECONDS", 0.05)


@pytest.mark.usefixtures("endless")
def test_answers_that_are_not_comparable_in_time_keep_their_own_confidence() -> None:
    result = invoked(comparison("Why?", "a", "b"), ScriptedProvider(UNUSED))
    assert result["outcome"] == "compared"
    assert (result["opinion"]["model"], result["opinion"]["confidence"]) == ("b", 0.8)
    assert result["comparison"] == {"confidence": 0.8}


@pytest.mark.usefixtures("endless")
def test_a_comparison_that_ended_leaves_no_alarm_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    assert agreement_in_time.agreement_in_time("Why?", "a", "b") is None
    assert signal.getsignal(signal.SIGVTALRM) == before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_outside_of_the_main_thread_answers_are_compared_without_an_alarm() -> None:
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(agreement_in_time.agreement_in_time, QUESTIONS["fact"], "Oslo", "Oslo")
    assert call.result() == agreement(QUESTIONS["fact"], "Oslo", "Oslo")


# ---- schemas that ask for endless work -----------------------------------------------------------


def nested(word: str, leaf: Json, times: int) -> Json:
    """A schema that holds itself twice, so many levels deep."""
    return reduce(lambda inner, _: {word: [inner, inner]}, range(times), leaf)


def by_name(schema: Json, times: int) -> Json:
    return {"$defs": {"a": schema}, "allOf": [{"$ref": "#/$defs/a"}] * times}


LONG = ["x"] * 20_000
SCHEMAS: dict[str, tuple[Any, Any]] = {
    "all-of-itself-twice": (1, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}),
    "any-of-itself-twice": (1, {"type": "string", "anyOf": [{"$ref": "#"}, {"$ref": "#"}]}),
    "reference-to-itself": (1, {"$ref": "#"}),
    "references-in-a-ring": (1, {"$ref": "#/a", "a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}),
    "deep-all-of": (1, nested("allOf", {"type": "integer"}, 40)),
    "deep-any-of": (1, nested("anyOf", {"type": "string"}, 40)),
    "deep-one-of": (1, nested("oneOf", {"type": "string"}, 40)),
    "long-enumeration": (LONG, {"items": {"enum": [*map(str, range(20_000)), "x"]}}),
    "long-constant-by-reference": (LONG, by_name({"const": LONG}, 5_000)),
    "long-string-by-reference": ("x" * 10**6, by_name({"const": "".join(["x"] * 10**6)}, 5_000)),
    "long-requirements": ([{"a": 1}] * 5_000, {"items": {"required": ["a"] * 5_000}}),
    "long-list-of-types": (LONG, {"items": {"type": [*["null"] * 20_000, "string"]}}),
    "long-references": (1, {"allOf": [{"$ref": "#" + "/allOf/0" * 2_000}] * 5_000}),
    "pattern-that-runs-away": ("a" * 60 + "!", {"pattern": "(a+)+$"}),
    "pattern-properties": ({"a" * 60 + "!": 1}, {"patternProperties": {"(a+)+$": False}}),
}


@pytest.mark.parametrize(("value", "schema"), SCHEMAS.values(), ids=SCHEMAS)
def test_a_hostile_schema_costs_a_bounded_number_of_steps(value: Any, schema: Any) -> None:
    assert takes_less_than(250, partial(fits, value, schema))


def deep_list() -> list[Any]:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


def test_a_value_too_deep_to_compare_fits() -> None:
    assert fits(deep_list(), {"const": deep_list()})


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        pytest.param([True], {"const": [1]}, False, id="true-is-not-1-inside-a-list"),
        pytest.param({"a": 1.0}, {"enum": [{"a": 1}]}, True, id="1.0-is-1-inside-an-object"),
        pytest.param({"a": 1}, {"const": {"b": 1}}, False, id="other-names"),
        pytest.param([1, 2], {"const": [1]}, False, id="longer-list"),
    ],
)
def test_equality_is_that_of_json(value: Any, schema: Any, expected: bool) -> None:
    assert fits(value, schema) is expected


def test_all_calls_of_an_answer_share_the_steps_of_one() -> None:
    hostile = Tool(name="g", parameters={"allOf": [{"$ref": "#"}, {"$ref": "#"}]})
    calls = tuple(ToolCall(id=str(n), name="g", arguments='{"a": 1}') for n in range(2_000))
    answer = Answer(text="", finish_reason="tool_calls", parts=calls)
    conversation = asking("Why?", tools=(TOOL, hostile))
    assert takes_less_than(250, partial(structure_of, answer, conversation))


def test_calls_among_many_tools_are_found_at_once() -> None:
    tools = tuple(TOOL.model_copy(update={"name": f"f{n}"}) for n in range(1_000))
    calls = tuple(ToolCall(id=str(n), name="f999", arguments="{}") for n in range(5_000))
    answer = Answer(text="", finish_reason="tool_calls", parts=calls)
    assert takes_less_than(150, partial(structure_of, answer, asking("Why?", tools=tools)))
