"""The cascade without AWS: the shipped machine, interpreted, its tasks the real use case."""

from dataclasses import dataclass, field

from llm_router.adapters.step_functions import state_input
from llm_router.application.invocations import INVOCATION
from llm_router.application.invoke_model import Invoking
from llm_router.application.ports import Json
from llm_router.domain.outcome import CascadeOutcome
from llm_router.domain.planning import Plan

from .machine import Machine


@dataclass
class InterpretedCascade:
    """Runs plans; what `plans` holds is what was run."""

    invoking: Invoking
    machine: Machine = field(default_factory=Machine)
    plans: list[Plan] = field(default_factory=list)

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        """Run it to its end."""
        self.plans.append(plan)
        execution = self.machine.run(
            state_input(plan, payload),
            lambda event: self.invoking.run(INVOCATION.validate_python(event)),
        )
        return CascadeOutcome.model_validate(execution.output)
