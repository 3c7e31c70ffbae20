"""Every way from a caller's format to a provider's: what is carried, changed, or named as left out.

The table in docs/formats.md says the same in words.
"""

import json
from dataclasses import replace
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.caller_fixtures import CALLS, CITY, PNG
from tests.support.dialects import INWARD, Ask, Json, Told, answering, calling, refusing, seen
from tests.support.gateway import KEY

from .conftest import HttpRouter

OUTWARD = {"openai": "small-o", "openai-responses": "middle-o", "anthropic": "small-a"}
"""A model of each provider format."""
WAYS = {f"{one}-to-{other}": (one, other) for one in INWARD for other in OUTWARD}
LOOP = Ask(tools={"weather": CITY}, calls=CALLS, results={"call_1": "20 degrees", "call_2": "rain"})


class Way(NamedTuple):
    """A caller's format, and the model that answers."""

    router: HttpRouter
    inward: str
    outward: str

    def ask(self, ask: Ask, **more: Any) -> Json:
        """The reply's body, as HTTP brings it."""
        form = INWARD[self.inward]
        body = {"model": OUTWARD[self.outward], **form.body(ask), **more}
        headers = {"authorization": f"Bearer {KEY}"}
        reply = httpx.post(f"{self.router.gateway.url}{form.path}", json=body, headers=headers)
        assert reply.status_code == 200, reply.text
        parsed: Json = reply.json()
        (call,) = self.router.calls
        assert call.wire == self.outward
        return parsed

    def told(self, ask: Ask) -> Told:
        return INWARD[self.inward].told(self.ask(ask))


@pytest.fixture(params=[*WAYS.values()], ids=[*WAYS])
def way(request: pytest.FixtureRequest, served: HttpRouter) -> Way:
    return Way(served, *request.param)


def ignored(body: Json) -> list[str]:
    (attempt,) = body["router"]["attempts"]
    names: list[str] = attempt["ignored"]
    return names


class Wish(NamedTuple):
    """A caller's wish: the field a vendor sees, formats without it, and providers that lose it."""

    ask: Ask
    field: str
    seen: Any
    unsaid: tuple[str, ...] = ()
    lost: dict[str, str] = {}  # noqa: RUF012


WISHES = {
    "instructions": Wish(Ask(system="Be brief."), "instructions", "Be brief."),
    "turns": Wish(
        Ask(turns=(("user", "Hi."), ("assistant", "Yes?"), ("user", "What is on?"))),
        "texts",
        (("user", "Hi."), ("assistant", "Yes?"), ("user", "What is on?")),
    ),
    "picture-by-address": Wish(
        Ask(pictures=("https://example.com/a.png",)), "pictures", ("https://example.com/a.png",)
    ),
    "picture-by-content": Wish(
        Ask(pictures=(f"data:image/png;base64,{PNG}",)),
        "pictures",
        (f"data:image/png;base64,{PNG}",),
    ),
    "tools": Wish(Ask(tools={"weather": CITY}), "tools", {"weather": CITY}),
    "must-call": Wish(Ask(tools={"weather": CITY}, choice="required"), "choice", "required"),
    "must-not-call": Wish(Ask(tools={"weather": CITY}, choice="none"), "choice", "none"),
    "must-call-this": Wish(Ask(tools={"weather": CITY}, choice="weather"), "choice", "weather"),
    "one-call-at-a-time": Wish(Ask(tools={"weather": CITY}, parallel=False), "parallel", False),
    "earlier-calls": Wish(LOOP, "calls", CALLS),
    "results": Wish(LOOP, "results", {"call_1": "20 degrees", "call_2": "rain"}),
    "schema": Wish(Ask(schema=CITY), "schema", CITY),
    "effort": Wish(Ask(effort="high"), "effort", "high"),
    "verbosity": Wish(
        Ask(verbosity="low"), "verbosity", "low", ("anthropic",), {"anthropic": "verbosity"}
    ),
    "stop-sequences": Wish(
        Ask(stop=("END",)), "stop", ("END",), ("openai-responses",), {"openai-responses": "stop"}
    ),
    "temperature": Wish(
        Ask(temperature=0.5), "temperature", 0.5, lost=dict.fromkeys(OUTWARD, "temperature")
    ),
    "user": Wish(Ask(user="ann"), "user", "ann"),
    "output-limit": Wish(Ask(most=77), "most", 77),
}
CELLS = [
    pytest.param(wish, one, other, id=f"{name}-from-{one}-to-{other}")
    for name, wish in WISHES.items()
    for one in INWARD
    if one not in wish.unsaid
    for other in OUTWARD
]


@pytest.mark.parametrize(("wish", "inward", "outward"), CELLS)
def test_a_wish_is_carried_or_named(
    served: HttpRouter, wish: Wish, inward: str, outward: str
) -> None:
    served.answering(answering('{"city": "Paris"}'))
    body = Way(served, inward, outward).ask(wish.ask)
    lost = wish.lost.get(outward)
    arrived = getattr(seen(served.calls[0]), wish.field)
    assert arrived == (seen_without(wish) if lost else wish.seen)
    assert ignored(body) == ([lost] if lost else [])


def seen_without(wish: Wish) -> Any:
    """What a vendor sees where nothing is said."""
    return () if isinstance(wish.seen, tuple) else None


def test_an_answer_comes_back(way: Way) -> None:
    way.router.answering(answering(input_tokens=40, output_tokens=7, cached=30))
    told = way.told(Ask())
    assert told == Told("All is well, thank you.", {}, "stop", False, (40, 30, 7))


def test_calls_come_back_with_their_ids(way: Way) -> None:
    way.router.answering(calling(CALLS))
    told = way.told(Ask(tools={"weather": CITY}))
    assert (told.calls, told.end, told.text) == (CALLS, "tool_calls", "")


@pytest.mark.parametrize("end", ["length", "content_filter"])
def test_the_reason_of_an_end_comes_back(way: Way, end: str) -> None:
    way.router.answering(answering("It is", end=end))
    told = way.told(Ask())
    assert (told.text, told.end) == ("It is", end)


def test_a_refusal_is_told_as_one_or_by_its_words(way: Way) -> None:
    way.router.answering(refusing("I will not say."))
    told = way.told(Ask())
    assert told.text == "I will not say."
    marks_answers = way.outward != "anthropic" and way.inward != "anthropic"
    assert told.refused == (marks_answers or way.outward == way.inward)
    if way.outward == "anthropic" and way.inward != "anthropic":
        assert told.end == "content_filter"


def test_the_bill_is_the_ledger(way: Way) -> None:
    """Recorded usage is charged at the model's prices, whatever the caller's format."""
    way.router.answering(answering(input_tokens=1_000, output_tokens=100, cached=400))
    body = way.ask(Ask(system="Be brief. " * 200))
    (attempt,) = body["router"]["attempts"]
    prices = {
        "openai": (0.40, 0.04, 2.00), "openai-responses": (4.00, 0.40, 20.00),
        "anthropic": (0.20, 0.02, 1.00),
    }[way.outward]  # fmt: skip
    read, cached, written = prices
    assert attempt["cost_usd"] == pytest.approx((600 * read + 400 * cached + 100 * written) / 1e6)
    assert not attempt["cost_estimated"]


THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
SEALED = {
    "id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}],
    "encrypted_content": "c2VhbGVk",
}  # fmt: skip


def thinking(call: Any) -> Any:
    """An answer after thoughts, in the call's format; chat completions tell none."""
    reply = answering()(call)
    if call.wire == "anthropic":
        reply.body["content"].insert(0, THOUGHT)
    elif call.wire == "openai-responses":
        reply.body["output"].insert(0, SEALED)
    return reply


def test_thoughts_come_back_in_their_own_format_alone(way: Way) -> None:
    way.router.answering(thinking)
    body = way.ask(Ask())
    assert INWARD[way.inward].told(body).text == "All is well, thank you."
    if way.inward == "anthropic":
        kept = [block for block in body["content"] if block["type"] == "thinking"]
        assert kept == ([THOUGHT] if way.outward == "anthropic" else [])
    elif way.inward == "openai-responses":
        items = [item for item in body["output"] if item["type"] == "reasoning"]
        sealed = [item.get("encrypted_content", "").split(".")[-1] for item in items]
        assert sealed == (["c2VhbGVk"] if way.outward == "openai-responses" else [])
    else:
        assert "Hm." not in json.dumps(body["choices"])


@pytest.mark.parametrize("outward", OUTWARD)
def test_reasoning_goes_back_to_its_own_model_alone(served: HttpRouter, outward: str) -> None:
    served.answering(thinking)
    first = Way(served, "openai-responses", "openai-responses").ask(Ask())
    served.answering(answering())
    turns = [{"role": "user", "content": "Hm?"}, *first["output"]]
    body = Way(served, "openai-responses", outward).ask(
        Ask(), input=[*turns, {"role": "user", "content": "And?"}]
    )
    sent = json.dumps(served.calls[0].body)
    own = outward == "openai-responses"
    assert ("c2VhbGVk" in sent) is own
    assert ignored(body) == ([] if own else ["reasoning"])


LONG = Ask(
    system="You are the clerk of a library. " * 200,
    turns=(("user", "Hi."), ("assistant", "Yes?"), ("user", "What is on?")),
)


def test_long_conversations_are_marked_for_anthropics_cache(way: Way) -> None:
    way.ask(LONG)
    assert seen(way.router.calls[0]).marks == (3 if way.outward == "anthropic" else 0)


@pytest.mark.parametrize("inward", ["openai", "anthropic"])
def test_a_callers_own_marks_are_the_only_ones(served: HttpRouter, inward: str) -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    form = INWARD[inward]
    body = form.body(replace(LONG, system=None))
    body["messages"][0]["content"] = [{"type": "text", "text": LONG.system, **mark}]
    Way(served, inward, "anthropic").ask(LONG, messages=body["messages"])
    assert seen(served.calls[0]).marks == 1
