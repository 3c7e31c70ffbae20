"""Runs the shipped state machine with Python functions as its tasks.

Only what the machine uses is known, and it behaves as the states language documents it; any other
field is an error, so that nothing is passed over in silence.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonata

ASL = Path(__file__).parents[2] / "statemachine" / "cascade.asl.json"
MAX_STEPS = 200
NOW_MS = 1_800_000_000_000
"""The time at which executions take place unless a test moves it."""

_COMMON = {"Type", "Comment", "Next", "End", "Assign", "Output"}
_FIELDS = {
    "Pass": _COMMON,
    "Choice": {"Type", "Comment", "Choices", "Default", "Assign", "Output"},
    "Task": _COMMON | {"Resource", "TimeoutSeconds", "Arguments", "Retry", "Catch"},
}
_RULE_FIELDS = {"Condition", "Next", "Assign", "Output"}
_CATCH_FIELDS = {"ErrorEquals", "Next", "Assign", "Output"}

Invoke = Callable[[dict[str, Any]], dict[str, Any]]


class PlatformError(Exception):
    """What a task raises to stand for a failure of the platform, not of a provider."""


class UndefinedResultError(Exception):
    """An expression yielded nothing; the real service fails the execution then."""


@dataclass
class Run:
    """One execution: its output, the states it went through, and the calls it made."""

    output: Any = None
    states: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)


class Machine:
    """A state machine in JSONata."""

    def __init__(
        self, definition: dict[str, Any] | None = None, clock: Callable[[], int] = lambda: NOW_MS
    ) -> None:
        self.clock = clock
        self.definition = definition or json.loads(ASL.read_text())
        assert set(self.definition) <= {
            "Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds",
        }  # fmt: skip
        assert self.definition["QueryLanguage"] == "JSONata"
        self._compiled: dict[str, jsonata.Jsonata] = {}

    def run(self, state_input: Any, invoke: Invoke) -> Run:
        """Run to the end, every task being a call of `invoke` with its payload."""
        run, variables, value = Run(), dict[str, Any](), state_input
        name = self.definition["StartAt"]
        while name:
            run.states.append(name)
            assert len(run.states) < MAX_STEPS, "the machine does not end"
            state = self.definition["States"][name]
            unknown = set(state) - _FIELDS[state["Type"]]
            assert not unknown, f"{name}: the interpreter does not know {unknown}"
            step = getattr(self, f"_{state['Type'].lower()}")
            name, value = step(state, value, variables, invoke, run)
        run.output = value
        return run

    def _pass(self, state, value, variables, _invoke, _run):  # type: ignore[no-untyped-def]
        return state.get("Next"), self._finish(state, {"input": value}, value, variables)

    def _choice(self, state, value, variables, _invoke, _run):  # type: ignore[no-untyped-def]
        for rule in state["Choices"]:
            assert set(rule) <= _RULE_FIELDS
            outcome = self._value(rule["Condition"], {"input": value}, variables)
            assert isinstance(outcome, bool), f"not a boolean: {rule['Condition']}"
            if outcome:
                return rule["Next"], self._finish(rule, {"input": value}, value, variables)
        return state["Default"], self._finish(state, {"input": value}, value, variables)

    def _task(self, state, value, variables, invoke, run):  # type: ignore[no-untyped-def]
        assert state["Resource"] == "arn:aws:states:::lambda:invoke"
        arguments = self._value(state["Arguments"], {"input": value}, variables)
        payload = json.loads(json.dumps(arguments["Payload"]))
        run.calls.append(payload)
        try:
            result = {"Payload": json.loads(json.dumps(invoke(payload)))}
        except PlatformError as error:
            (catcher,) = state["Catch"]
            assert set(catcher) <= _CATCH_FIELDS
            assert catcher["ErrorEquals"] == ["States.ALL"]
            caught = {"Error": "Lambda.Unknown", "Cause": str(error)}
            states = {"input": value, "errorOutput": caught}
            return catcher["Next"], self._finish(catcher, states, caught, variables)
        states = {"input": value, "result": result}
        return state.get("Next"), self._finish(state, states, result, variables)

    def _finish(
        self, part: dict[str, Any], states: dict[str, Any], default: Any, variables: dict[str, Any]
    ) -> Any:
        """Output and assignments both see the variables as they were before."""
        output = self._value(part["Output"], states, variables) if "Output" in part else default
        assigned = self._value(part.get("Assign", {}), states, variables)
        variables.update(assigned)
        return output

    def _value(self, template: Any, states: dict[str, Any], variables: dict[str, Any]) -> Any:
        if isinstance(template, dict):
            return {k: self._value(v, states, variables) for k, v in template.items()}
        if isinstance(template, list):
            return [self._value(v, states, variables) for v in template]
        if not (isinstance(template, str) and template.startswith("{%")):
            return template
        expression = self._compiled.get(template)
        if expression is None:
            expression = jsonata.Jsonata(template.removeprefix("{%").removesuffix("%}").strip())
            self._compiled[template] = expression
        bindings = expression.create_frame()
        for name, bound in {**variables, "states": states}.items():
            bindings.bind(name, bound)
        # The library's own would read the clock of whichever expression was compiled last.
        bindings.bind("millis", jsonata.Jsonata.JLambda(self.clock))
        result = expression.evaluate(None, bindings)
        if result is None:
            raise UndefinedResultError(template)
        return json.loads(json.dumps(result))
