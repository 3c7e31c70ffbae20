"""The deployed machine does what the interpreter of the tests says it does."""

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from evaluation.asl_interpreter import MAX_VALUE_BYTES, Execution, Result
from llm_router.adapters.aws.s3_payloads import ANSWER_BYTES, PROMPT_BYTES
from llm_router.domain.policy.policy import SecondOpinion
from local.stack import LocalStack
from tests.support.cascade_fixtures import (
    BEHAVIOURS,
    MACHINE,
    TEXTS,
    USAGE,
    confidence_in,
    every_path,
    ranked,
    result_of,
    results_of,
    state_input,
)
from tests.support.fake_provider_server import Call, ProviderServer, Reply, answer, serving
from tests.support.fakes import asking

Json = dict[str, Any]
ALONE, OPINIONS, BROKEN = 26, 12, 2
PATHS = ALONE + OPINIONS + BROKEN
ERRORS = {
    "overloaded": (529, {"type": "overloaded_error"}, {}),
    "rate_limited": (429, {"type": "rate_limit_error"}, {"retry-after-ms": "500"}),
    "context_window": (400, {"code": "context_length_exceeded"}, {}),
    "not_accepted": (400, {"type": "invalid_request_error"}, {}),
    "invalid_request": (400, {"code": "invalid_base64_image"}, {}),
}
SECOND_OPINIONS: tuple[SecondOpinion, ...] = ("always", "when_unsure")
DIFFERENT = ("started_epoch_ms", "latency_ms", "failure")
TEXT_OF = {confidence_in(name): text for name, text in TEXTS.items()}


@pytest.fixture(scope="module")
def server() -> Iterator[ProviderServer]:
    with serving(lambda _: Reply(500)) as server:
        yield server


def reply_to(call: Call, attempt: Json) -> Reply:
    """What a provider has to do for the attempt to come out as it did."""
    if attempt["outcome"] == "answered":
        text = TEXT_OF[attempt["confidence"]]
        return answer(call, text, USAGE.input_tokens, USAGE.output_tokens)
    status, error, headers = ERRORS[attempt["failure"]["kind"]]
    return Reply(status, {"error": {"message": "too odd", **error}}, headers)


def kind_of(attempt: Json) -> str | None:
    kind: str | None = attempt.get("failure", {}).get("kind")
    return kind


def essence(output: Json) -> Json:
    """An outcome without what differs from run to run."""
    told = {k: v for k, v in output.items() if k not in ("attempts", "best", "ending")}
    return told | {
        "attempts": [
            {
                **{k: v for k, v in attempt.items() if k not in DIFFERENT},
                "failure": kind_of(attempt),
            }
            for attempt in output["attempts"]
        ]
    }


def test_paths_of_the_interpreter_are_those_of_the_deployed_machine(
    stack: LocalStack, server: ProviderServer
) -> None:
    models = ranked((1, 2, 1))
    chance, known = random.Random(5), list(every_path(MACHINE, models, BEHAVIOURS))
    paths = chance.sample([p for p in known if breakages(p) == 0], ALONE)
    # A function that breaks is started anew, which takes the emulator ten seconds.
    paths += chance.sample([p for p in known if breakages(p) == 1], BROKEN)
    modes: list[SecondOpinion] = ["off"] * len(paths)
    pairs = ranked((2, 1))
    for mode in SECOND_OPINIONS:
        compared = [p for p in with_opinions(pairs, mode) if breakages(p) == 0]
        paths += chance.sample(compared, OPINIONS // 2)
        modes += [mode] * (OPINIONS // 2)
    reasons = {a["reason"] for path in paths for a in path.output["attempts"]}
    kinds = {kind_of(a) for path in paths for a in path.output["attempts"]}
    assert reasons == {"first", "escalation", "fallback", "retry", "second_opinion"}
    assert kinds == {None, "platform", *ERRORS}
    scripts: dict[str, list[Json]] = {}

    def respond(call: Call) -> Reply:
        return reply_to(call, scripts[call.model].pop(0))

    server.respond = respond
    machine = stack.client("stepfunctions")

    def deployed(number: int, path: Execution, mode: SecondOpinion) -> Json:
        """The same path on the deployed machine; models are told apart by a name of their own."""
        by_model = defaultdict[str, list[Json]](list)
        for attempt in path.output["attempts"]:
            by_model[attempt["model"]].append(attempt)
        candidates = []
        for model in pairs if mode != "off" else models:
            script = by_model[model["id"]]
            name = f"{model['id']}-{number}"
            scripts[name] = [a for a in script if kind_of(a) != "platform"]
            changes: Json = {"name": name, "base_url": server.base_url(model["format"])}
            if len(scripts[name]) < len(script):
                # Not a format: the function itself fails.
                changes["format"] = "broken"
            candidates.append({**model, **changes})
        now_ms = time.time_ns() // 1_000_000
        given = state_input(candidates, now_ms=now_ms, left_ms=110_000, second_opinion=mode)
        execution = machine.start_sync_execution(
            stateMachineArn=stack.outputs["StateMachineArn"], input=json.dumps(given)
        )
        assert execution["status"] == "SUCCEEDED", execution
        output: Json = json.loads(execution["output"])
        return output

    with ThreadPoolExecutor(max_workers=2) as pool:
        outputs = list(pool.map(deployed, range(PATHS), paths, modes))
    for path, output in zip(paths, outputs, strict=True):
        assert essence(output) == essence(path.output)


def test_no_state_of_the_deployed_machine_holds_more_than_the_service_allows(
    stack: LocalStack, server: ProviderServer
) -> None:
    """Nobody is trusted, and the prompt and each answer are as large as they may be inline.

    All answers break off, and the two that are compared differ.
    """

    def broken_off(call: Call) -> Reply:
        first = 1 if call.wire == "openai" else 5_000
        numbers = " ".join(map(str, range(first, ANSWER_BYTES)))
        text = f"It is {first}.\n```python\n{numbers}"[: int(0.95 * ANSWER_BYTES)]
        return answer(call, text, USAGE.input_tokens, USAGE.output_tokens)

    server.respond = broken_off
    models = [
        {
            **model,
            "base_url": server.base_url(model["format"]),
            "max_output_tokens": 100_000,
            "most_input_tokens": 1_000_000,
        }
        for model in ranked((2, 1, 1, 1))
    ]
    now_ms = time.time_ns() // 1_000_000
    given = state_input(models, now_ms=now_ms, left_ms=110_000, second_opinion="always")
    asked = asking("Why? " + "And why? " * (PROMPT_BYTES // 10))
    given["payload"] = {"inline": asked.model_dump(mode="json", exclude_none=True)}
    machine = stack.client("stepfunctions")
    execution = machine.start_sync_execution(
        stateMachineArn=stack.outputs["StateMachineArn"], input=json.dumps(given)
    )
    assert execution["status"] == "SUCCEEDED", execution
    output = json.loads(execution["output"])
    assert len(output["attempts"]) == 5
    assert len(output["best"]["answer"]["inline"]["text"]) > 0.9 * ANSWER_BYTES
    events = machine.get_execution_history(
        executionArn=execution["executionArn"], maxResults=1_000, includeExecutionData=True
    )["events"]
    told = [detail for event in events for detail in event.values() if isinstance(detail, dict)]
    sizes = [
        len(detail[side].encode())
        for detail in told
        for side in ("input", "output", "parameters")
        if side in detail
    ]
    assert 0.9 * PROMPT_BYTES < max(sizes) <= MAX_VALUE_BYTES


def with_opinions(models: list[Json], mode: SecondOpinion) -> Iterator[Execution]:
    """Every path where a second opinion is asked for and really compared."""

    def results(payload: Json) -> Iterator[Result]:
        if payload["action"] == "compare":
            yield result_of(payload, "confident")
        else:
            yield from results_of(payload, [b for b in BEHAVIOURS if b != "broken"])

    start = MACHINE.start(state_input(models, second_opinion=mode))
    for path in MACHINE.explore(start, results):
        if any(call["action"] == "compare" for call in path.calls):
            yield path


def breakages(path: Execution) -> int:
    """How many of its calls the platform breaks; many if that cannot be arranged.

    It is arranged by a format that does not exist, which breaks every call of a model.
    """
    broken = [a["model"] for a in path.output["attempts"] if kind_of(a) == "platform"]
    called = [a["model"] for a in path.output["attempts"]]
    return len(broken) if all(called.count(model) == 1 for model in broken) else len(called)
