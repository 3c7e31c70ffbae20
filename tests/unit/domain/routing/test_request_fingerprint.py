import pytest

from evaluation.dataset.recordings import Row
from llm_router.domain.conversation.conversation import Conversation, Tool
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.routing.request_fingerprint import request_fingerprint
from tests.support.effort import takes_less_than
from tests.support.fakes import asking
from tests.support.recorded_rows import generated_rows

NONE = RouterHints()
LONG = "There are 5 houses, each with one person who likes = one x_1 colour. "


@pytest.mark.parametrize(
    ("conversation", "kind"),
    [
        (asking("What is 17 + 25? Give the number."), "number 16+"),
        (asking("Hello"), "anything 4+"),
        (asking(""), "anything 1+"),
        (asking("Is 7 a prime?", response_schema={"type": "object"}), "yes_no schema 4+"),
        (asking("Is 7 a prime?", tools=(Tool(name="sieve"),)), "yes_no tools 4+"),
        (asking("Сколько будет 2 + 2?"), "anything cyrillic 16+"),
        (
            asking("```\ndef f(x):\n  a = b = c = d = e = f = g = h = x\n```\nWhy?"),
            "anything code 16+",
        ),
        (asking("Tell of $a=b=c=d=e=f=g=h=i$ a bit."), "anything formulas 16+"),
    ],
)
def test_the_form_of_a_request_makes_its_kind(conversation: Conversation, kind: str) -> None:
    assert request_fingerprint(conversation, NONE) == kind


def test_requests_of_one_make_are_of_one_to_three_kinds() -> None:
    rows = [Row.model_validate(row) for row in generated_rows(200)]
    assert len({request_fingerprint(row.conversation, NONE) for row in rows}) <= 3


def test_lengths_are_told_apart_by_a_factor_of_four() -> None:
    kinds = [
        request_fingerprint(asking("a" * length), NONE).split()[-1] for length in (63, 64, 255, 256)
    ]
    assert kinds == ["16+", "64+", "64+", "256+"]


def test_the_operators_hints_tell_kinds_apart_without_their_text() -> None:
    hints = [
        NONE,
        RouterHints(feature="secret project"),
        RouterHints(request_type="secret project"),
        RouterHints(feature="x" * 100),
        RouterHints(feature="other", request_type="other"),
    ]
    kinds = [request_fingerprint(asking("Hello"), each) for each in hints]
    assert len(set(kinds)) == len(kinds)
    assert not any("secret" in kind or len(kind) > 80 for kind in kinds)
    assert request_fingerprint(asking("Hello"), RouterHints(user_tier="gold")) == kinds[0]


def test_no_word_of_the_request_is_in_its_kind() -> None:
    words = "Why does Grandmother's submarine = need 12 lemons?"
    kind = request_fingerprint(asking(words), NONE)
    assert not set(words.lower().split()) & set(kind.split())


def test_it_takes_less_than_a_millisecond() -> None:
    conversation = asking((LONG * 40)[:2_000])
    assert takes_less_than(1, lambda: request_fingerprint(conversation, NONE))
