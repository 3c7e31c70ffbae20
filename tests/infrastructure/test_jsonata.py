"""The machine's expressions mean the same in JSONata's reference implementation as in the tests.

Step Functions runs the reference implementation, 2.0.6; the interpreter and the local emulator run
its translation to Python.
"""

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import playwright
import pytest

from evaluation.asl_interpreter import Execution, StateMachine, UndefinedResultError
from llm_router.domain.policy.models import WIRE_FORMATS
from tests.support.asl_mutants import expressions
from tests.support.cascade_fixtures import (
    BEHAVIOURS,
    BREAKAGES,
    LEAST,
    TEXTS,
    WORST,
    candidate,
    result_of,
    results_of,
    state_input,
)
from tests.support.examples import Seeds

from .conftest import ROOT

NODE = Path(playwright.__file__).parent / "driver" / "node"
REFERENCE = ROOT / ".venv" / "reference" / "node_modules" / "jsonata"
SCRIPT = ROOT / "tests" / "support" / "jsonata_reference.cjs"
WALKS = 150
CLASSIFICATIONS = (
    "no JSON",
    '{"complexity": "complex", "estimated_tokens": 70, "reason": "r"}',
)
Json = dict[str, Any]


class Recorder(StateMachine):
    """Notes each expression that it evaluates, with what it read and what it yielded."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[str, Json] = {}
        """By the case as the reference implementation reads it: the result, if there is one."""

    def _value(self, template: Any, states: Json, execution: Execution) -> Any:
        if not (isinstance(template, str) and template.startswith("{%")):
            return super()._value(template, states, execution)
        source = template.removeprefix("{%").removesuffix("%}").strip()
        variables = {**execution.variables, "states": states}
        read = {name: value for name, value in variables.items() if f"${name}" in source}
        case = json.dumps({"source": source, "variables": read, "millis": execution.now_ms})
        try:
            result = super()._value(template, states, execution)
        except UndefinedResultError:
            self.cases[case] = {}
            raise
        self.cases[case] = {"result": result}
        return result


def random_input(chance: random.Random) -> Json:
    """A plan with up to six models of four ranks, and limits that may be tight."""
    ranks = sorted(chance.choices(range(1, 5), k=chance.randint(1, 6)))
    names = [f"m{number}" for number in range(len(ranks))]
    models = [
        candidate(
            name,
            chance.choice("ab"),
            rank,
            format=chance.choice(WIRE_FORMATS),
            context_window=chance.choice([1_000, 2_000, 4_000]),
            minimum_ms=chance.choice([100, 180]),
            minimum_nano_usd=chance.choice([LEAST, WORST]),
            fallback=tuple(chance.sample(names, k=chance.randint(0, 1))),
        )
        for name, rank in zip(names, ranks, strict=True)
    ]
    plan: Json = {"content_policy": chance.choice(["stop", "fall_back"])}
    if chance.random() < 0.3:
        plan["classifier"] = candidate("judge", "a", 1)
    if chance.random() < 0.1:
        plan["purpose"] = "classify"
    made = state_input(
        models,
        budget=chance.choice([LEAST - 1, LEAST, WORST, 2 * WORST, 10_000, 10_000]),
        left_ms=chance.choice([50, 150, 1_000, 60_000, 60_000]),
        second_opinion=chance.choice(["off", "when_unsure", "always"]),
        **plan,
    )
    if chance.random() < 0.2:
        for tier in made["plan"]["tiers"].values():
            tier["start"]["wanted_tier"] = "complex"
    return made


def walk(machine: StateMachine, chance: random.Random) -> None:
    """One random way through a random plan; each call takes some time."""
    execution = machine.start(random_input(chance))
    while execution.state is not None:
        payload, behaviour = execution.calls[-1], chance.choice((*BEHAVIOURS, *TEXTS, *BREAKAGES))
        if payload["action"] == "classify" and behaviour in ("confident", "doubtful"):
            result: Any = result_of(payload, behaviour, chance.choice(CLASSIFICATIONS))
        else:
            result = chance.choice(list(results_of(payload, [behaviour])))
        execution = machine.resume(execution, result, chance.choice([0, 40, 200]))


def test_both_implementations_agree_on_every_expression_of_the_machine(seeds: Seeds) -> None:
    if not REFERENCE.exists():
        assert "CI" not in os.environ, "scripts/install-jsonata has not run"
        pytest.skip("JSONata's reference implementation is not installed: scripts/install-jsonata")
    machine = Recorder()
    for breakage in BREAKAGES.values():
        judged = state_input([candidate("m", "a", 1)], classifier=candidate("judge", "a", 1))
        machine.resume(machine.start(judged), breakage)
    climb = machine.start(state_input([candidate("m", "a", 1), candidate("n", "a", 2)]))
    while climb.state is not None:
        climb = machine.resume(climb, result_of(climb.calls[-1], "refusing"))
    for seed in seeds(WALKS):
        walk(machine, random.Random(seed))
    seen = {json.loads(case)["source"] for case in machine.cases}
    assert seen == expressions(machine.definition)
    done = subprocess.run(
        [NODE, SCRIPT, REFERENCE],
        input="\n".join(machine.cases),
        capture_output=True,
        text=True,
        check=True,
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    differing = [
        (case, ours, theirs)
        for (case, ours), theirs in zip(machine.cases.items(), results, strict=True)
        if ours != theirs
    ]
    assert differing == []
