"""Prints the CPU time of routing by the size of a request; `make benchmark` runs it.

Each row is the median of five runs, in milliseconds. `route` is everything from the parsed body to
the plan, `plan` the last step of it alone, `payload` the conversation as it is handed over.
`growth` is the total's factor over the row above, beside the size's.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, TypeVar

from llm_router.application.ports import KeyRecord
from llm_router.application.route.route_request import Router
from llm_router.domain.plan.plan import plan_for
from llm_router.domain.policy.policy import Policy, parse_policy
from llm_router.domain.routing.decision import Decision
from llm_router.wire.anthropic.request import parse_messages
from llm_router.wire.openai.request import parse_chat
from llm_router.wire.shared.router_options import ParsedBody, to_route_request
from local.settings import ROOT
from tests.support.in_process_router import router

POLICY_FILE = ROOT / "layers" / "router" / "llm_router" / "policy" / "default.toml"
UNBOUNDED = {"max_messages": 10**9, "max_parts": 10**9, "max_tools": 10**9}
UNASKED = {"classify": False}
RUNS = 5
KEY = KeyRecord("key", "tenant", "standard", may_set_user_tier=False, created_at=0)
LAST = {"role": "user", "content": "Why?"}
STEPS = ("parse", "route", "payload", "(plan)")

Json = dict[str, Any]
Done = TypeVar("Done")


def messages(count: int) -> Json:
    """Short turns, as of a long chat."""
    turns = [{"role": ("user", "assistant")[n % 2], "content": f"ok {n}"} for n in range(count - 1)]
    return {"messages": [*turns, LAST]}


def tools(count: int) -> Json:
    """Tools with an empty schema."""
    empty = {"type": "object", "properties": {}}
    return {
        "messages": [LAST],
        "tools": [{"name": f"f{n}", "input_schema": empty} for n in range(count)],
    }


def parts(count: int) -> Json:
    """One user turn of many texts."""
    texts = [{"type": "text", "text": f"ok {n} "} for n in range(count)]
    return {"messages": [{"role": "user", "content": texts}]}


def results(count: int) -> Json:
    """One tool result of many texts."""
    texts = [{"type": "text", "text": f"ok {n} "} for n in range(count)]
    call = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "c", "content": texts}
    return {
        "messages": [
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ]
    }


def images(count: int) -> Json:
    """One user turn of many pictures."""
    source = {"type": "url", "url": "https://example.org/picture.png"}
    return {
        "messages": [{"role": "user", "content": [{"type": "image", "source": source}] * count}]
    }


SIZES: dict[Callable[[int], Json], tuple[int, ...]] = {
    messages: (500, 1_000, 10_000, 30_000),
    tools: (500, 1_000, 10_000, 20_000),
    parts: (500, 1_000, 10_000, 30_000),
    results: (500, 1_000, 10_000, 30_000),
    images: (50, 100, 200, 400),
}


def main() -> None:
    """Print the table."""
    shipped = parse_policy(POLICY_FILE.read_text(), POLICY_FILE.name)
    limits = shipped.limits.model_copy(update=UNBOUNDED)
    # Without a decision all three tiers are planned, and a model to classify is chosen.
    undecided = shipped.classifier.model_copy(update={"decide_above": 1.0})
    policy = shipped.model_copy(update={"limits": limits, "classifier": undecided, "rules": ()})
    heads = "".join(f"{step:>10}" for step in (*STEPS, "total"))
    _say(f"{'':10}{'size':>7}{'kB':>7}{heads}  growth")
    for shape, sizes in SIZES.items():
        for row in _rows(shape, sizes, policy):
            _say(row)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _rows(shape: Callable[[int], Json], sizes: tuple[int, ...], policy: Policy) -> Iterator[str]:
    before: tuple[int, float] | None = None
    routing = router({}, policy)
    for size in sizes:
        body: Json = {"model": "auto", "max_tokens": 500, **shape(size), "router": UNASKED}
        raw = json.dumps(body)
        parse = parse_chat if shape is messages else parse_messages
        runs = [_run(raw, parse, policy, routing) for _ in range(RUNS)]
        by_step = [median(step) for step in zip(*runs, strict=True)]
        total = sum(by_step[:-1])
        growth = f"{total / before[1]:.1f}x for {size / before[0]:.1f}x" if before else ""
        times = "".join(f"{milliseconds:10.1f}" for milliseconds in [*by_step, total])
        yield f"{shape.__name__:10}{size:7,}{len(raw) // 1000:7,}{times}  {growth}"
        before = size, total


def _run(
    raw: str, parse: Callable[..., ParsedBody], policy: Policy, routing: Router
) -> tuple[float, ...]:
    """The CPU milliseconds of each of `STEPS`."""
    parsing, body = _timed(lambda: parse(raw, policy.limits))
    converting, request = _timed(lambda: to_route_request(body, KEY, "request", 0))
    deciding, _ = _timed(lambda: routing.decide(request))
    conversation = request.conversation
    dumping, _ = _timed(lambda: json.dumps(conversation.model_dump(mode="json", exclude_none=True)))
    undecided = Decision(tier=None, strategy=None)
    planning, _ = _timed(
        lambda: plan_for(
            conversation,
            undecided,
            policy,
            tuple(policy.providers),
            request_id="request",
            purpose="answer",
            deadline_epoch_ms=25_000,
            budget_nano_usd=10**12,
        )
    )
    return parsing + converting, deciding, dumping, planning


def _timed(action: Callable[[], Done]) -> tuple[float, Done]:
    started = time.process_time()
    done = action()
    return 1_000 * (time.process_time() - started), done


if __name__ == "__main__":
    main()
