"""Runs the shipped state machine step by step, with Python values as the results of its tasks.

It supports the fields that the machine uses, as the Amazon States Language documents them. Any
other field is an error, so that none is ignored silently, and so is a value above the service's
limits. The caller advances the time.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import jsonata

ASL = Path(__file__).parent / "data" / "cascade.asl.json"
_LAMBDA = "arn:${Partition}:states:::lambda:invoke"
MAX_STEPS = 200
MAX_VALUE_BYTES = 256 * 1024
"""The service's limit for an input, an output, arguments, a variable and all of one `Assign`."""
NOW_MS = 1_800_000_000_000
"""The time at which executions start, in milliseconds since the epoch."""

_COMMON = {"Type", "Comment", "Next", "End", "Assign", "Output"}
_TOP_FIELDS = {"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds"}
_FIELDS = {
    "Pass": _COMMON,
    "Choice": {"Type", "Comment", "Choices", "Default", "Assign", "Output"},
    "Task": _COMMON | {"Resource", "TimeoutSeconds", "Arguments", "Retry", "Catch"},
    "Map": _COMMON | {"Items", "ItemProcessor"},
}
_RULE_FIELDS = {"Condition", "Next", "Assign", "Output"}
_CATCH_FIELDS = {"ErrorEquals", "Next", "Assign", "Output"}

Json = dict[str, Any]
_PLAIN_PATH = re.compile(r"\$\w+(\.\w+)*")


class StateMachineError(Exception):
    """The machine cannot be run: it has something unsupported, or does not end."""


class PlatformError(Exception):
    """A task's failure that the platform reports, as opposed to a provider's failure.

    `name` is the error's name in the Amazon States Language.
    """

    def __init__(self, name: str = "Lambda.Unknown") -> None:
        super().__init__(name)
        self.name = name


class UndefinedResultError(Exception):
    """An expression yielded nothing, for which the real service fails the execution."""


Result = Json | PlatformError
Invoke = Callable[[Json], Json]


@dataclass(frozen=True)
class Iteration:
    """The position of an execution in a map state, whose items are processed one after the other.

    `input` is the state's own input; `outputs` are those of the items that have been processed.
    """

    state: str
    input: Any
    items: tuple[Any, ...]
    outputs: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Execution:
    """A snapshot of an execution: its position, and everything that it has done.

    While `state` is a task's name, it waits for the result of `calls[-1]`. At its end `state` is
    None and `value` its output. `results` are those of its calls so far. Resuming does not change
    the snapshot, so it can be resumed several times with different results.
    """

    state: str | None
    value: Any
    variables: Json
    now_ms: int = NOW_MS
    iteration: Iteration | None = None
    states: tuple[str, ...] = ()
    calls: tuple[Json, ...] = ()
    results: tuple["Result", ...] = ()

    @property
    def output(self) -> Any:
        """The output of the ended execution; `StateMachineError` before its end."""
        _require(self.state is None, "the execution has not ended")
        return self.value


class StateMachine:
    """A state machine in JSONata.

    Values are bounded as by the service, unless `max_value_bytes` is None: where conversations and
    answers are never stored elsewhere, they may be of any size.
    """

    def __init__(
        self, definition: Json | None = None, *, max_value_bytes: int | None = MAX_VALUE_BYTES
    ) -> None:
        self.max_value_bytes = max_value_bytes
        self.definition = definition or json.loads(ASL.read_text())
        _require(set(self.definition) <= _TOP_FIELDS, "unknown fields of the machine")
        _require(self.definition["QueryLanguage"] == "JSONata", "not in JSONata")
        self._compiled: dict[str, jsonata.Jsonata] = {}

    def start(self, state_input: Json) -> Execution:
        """Run up to the first task, or to the end."""
        self._require_size(state_input, "the input")
        return self._to_next_task(Execution(self.definition["StartAt"], state_input, {}))

    def resume(self, waiting: Execution, result: Result, took_ms: int = 0) -> Execution:
        """Continue with the result of the task that the execution waits for."""
        if waiting.state is None:
            raise StateMachineError("the execution has ended")
        state = self._states(waiting)[waiting.state]
        now = replace(waiting, now_ms=waiting.now_ms + took_ms, results=(*waiting.results, result))
        if isinstance(result, PlatformError):
            catcher = _catcher(state["Catch"], result.name)
            caught = {"Error": result.name, "Cause": str(result)}
            states = {"input": waiting.value, "errorOutput": caught}
            return self._to_next_task(self._finish(now, catcher, states, caught, catcher["Next"]))
        self._require_size(result, f"the result of {waiting.state}")
        lambda_result = {"Payload": json.loads(json.dumps(result))}
        states = {"input": waiting.value, "result": lambda_result}
        return self._to_next_task(
            self._finish(now, state, states, lambda_result, state.get("Next"))
        )

    def run(self, state_input: Json, invoke: Invoke) -> Execution:
        """Run to the end; every task calls `invoke` with its payload."""
        execution = self.start(state_input)
        while execution.state is not None:
            try:
                result: Result = invoke(execution.calls[-1])
            except PlatformError as error:
                result = error
            execution = self.resume(execution, result)
        return execution

    def explore(
        self, execution: Execution, results: Callable[[Json], Iterator[Result]]
    ) -> Iterator[Execution]:
        """Every path to the end, with each of `results(payload)` as the result of each task."""
        if execution.state is None:
            yield execution
            return
        for result in results(execution.calls[-1]):
            yield from self.explore(self.resume(execution, result), results)

    def _to_next_task(self, execution: Execution) -> Execution:
        while True:
            if execution.state is None:
                if execution.iteration is None:
                    return execution
                execution = self._next_item(execution, execution.iteration)
                continue
            name = execution.state
            _require(len(execution.states) < MAX_STEPS, "the machine does not end")
            state = self._states(execution)[name]
            unknown = set(state) - _FIELDS[state["Type"]]
            _require(not unknown, f"{name}: unknown fields {unknown}")
            execution = replace(execution, states=(*execution.states, name))
            states = {"input": execution.value}
            if state["Type"] == "Task":
                _require(state["Resource"] == _LAMBDA, f"{name}: another resource")
                arguments = self._value(state["Arguments"], states, execution)
                self._require_size(arguments, f"the arguments of {name}")
                payload = json.loads(json.dumps(arguments["Payload"]))
                return replace(execution, calls=(*execution.calls, payload))
            if state["Type"] == "Map":
                _require(execution.iteration is None, f"{name}: a map state inside another")
                items = tuple(self._value(state["Items"], states, execution))
                _require(bool(items), f"{name}: no items")
                execution = replace(
                    execution,
                    state=state["ItemProcessor"]["StartAt"],
                    value=items[0],
                    iteration=Iteration(name, execution.value, items),
                )
                continue
            taken = self._choice(state, states, execution) if "Choices" in state else state
            follows = taken.get("Next", taken.get("Default"))
            execution = self._finish(execution, taken, states, execution.value, follows)

    def _states(self, execution: Execution) -> Json:
        """The states around the execution's position: the machine's own, or an item processor's."""
        top: Json = self.definition["States"]
        if execution.iteration is None:
            return top
        return cast(Json, top[execution.iteration.state]["ItemProcessor"]["States"])

    def _next_item(self, execution: Execution, iteration: Iteration) -> Execution:
        """Start with the next item; after the last one, the outputs are the state's result."""
        state = self.definition["States"][iteration.state]
        outputs = (*iteration.outputs, execution.value)
        if len(outputs) < len(iteration.items):
            iteration = replace(iteration, outputs=outputs)
            start, item = state["ItemProcessor"]["StartAt"], iteration.items[len(outputs)]
            return replace(execution, state=start, value=item, iteration=iteration)
        result = list(outputs)
        self._require_size(result, f"the result of {iteration.state}")
        states = {"input": iteration.input, "result": result}
        return self._finish(
            replace(execution, iteration=None), state, states, result, state.get("Next")
        )

    def _choice(self, state: Json, states: Json, execution: Execution) -> Json:
        for rule in state["Choices"]:
            _require(set(rule) <= _RULE_FIELDS, "unknown fields of a choice")
            outcome = self._value(rule["Condition"], states, execution)
            _require(isinstance(outcome, bool), f"not a boolean: {rule['Condition']}")
            if outcome:
                taken: Json = rule
                return taken
        return state

    def _finish(
        self, execution: Execution, part: Json, states: Json, default: Any, follows: str | None
    ) -> Execution:
        """Apply output and assignments, which both read the variables from before."""
        output = self._value(part["Output"], states, execution) if "Output" in part else default
        assigned = self._value(part.get("Assign", {}), states, execution)
        self._require_size(assigned, f"what {execution.state} assigns")
        if "Output" in part:
            self._require_size(output, f"the output of {execution.state}")
        variables = {**execution.variables, **assigned}
        return replace(execution, state=follows, value=output, variables=variables)

    def _require_size(self, value: Any, what: str) -> None:
        if self.max_value_bytes is not None:
            size, most = len(json.dumps(value).encode()), self.max_value_bytes
            _require(size <= most, f"{what} holds {size} bytes, at most {most}")

    def compiled(self, source: str) -> jsonata.Jsonata:
        """Parse an expression."""
        return jsonata.Jsonata(source)

    def looked_up(self, source: str, variables: Json) -> Any:
        """The value of a plain path through objects, without the slow library; None for others."""
        if not _PLAIN_PATH.fullmatch(source):
            return None
        value: Any = variables
        for name in source[1:].split("."):
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    def _value(self, template: Any, states: Json, execution: Execution) -> Any:
        if isinstance(template, dict):
            return {k: self._value(v, states, execution) for k, v in template.items()}
        if isinstance(template, list):
            return [self._value(v, states, execution) for v in template]
        if not (isinstance(template, str) and template.startswith("{%")):
            return template
        source = template.removeprefix("{%").removesuffix("%}").strip()
        found = self.looked_up(source, {**execution.variables, "states": states})
        if found is not None:
            return found
        expression = self._compiled.get(source)
        if expression is None:
            expression = self._compiled[source] = self.compiled(source)
            # The input is JSON already; validating it again would take most of the time.
            expression.set_validate_input(False)
        bindings = expression.create_frame()
        for name, bound in execution.variables.items():
            bindings.bind(name, bound)
        bindings.bind("states", states)
        # The library's own `$millis` reads the clock of the expression compiled last.
        bindings.bind("millis", jsonata.Jsonata.JLambda(lambda: execution.now_ms))
        result = expression.evaluate(None, bindings)
        if result is None:
            raise UndefinedResultError(template)
        return result if isinstance(result, bool | int | str) else json.loads(json.dumps(result))


def _catcher(catchers: list[Json], error: str) -> Json:
    """The first catcher that takes the error."""
    for catcher in catchers:
        _require(set(catcher) <= _CATCH_FIELDS, "unknown fields of a catcher")
        if error in catcher["ErrorEquals"] or catcher["ErrorEquals"] == ["States.ALL"]:
            return catcher
    raise StateMachineError(f"nothing catches {error}")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StateMachineError(otherwise)
