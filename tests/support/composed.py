"""The whole router in one process: the real use cases around the shipped machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from llm_router.adapters.step_functions import state_input
from llm_router.application.invoke_model import INVOCATION, Invoking
from llm_router.application.ports import Json, ModelProvider
from llm_router.application.route_request import Routing
from llm_router.domain.catalogue import WireFormat
from llm_router.domain.outcome import CascadeOutcome
from llm_router.domain.planning import Plan
from llm_router.domain.policy import Policy
from tests.support.fakes import DictCache, FixedPolicy, InlinePayloads, MetricLog
from tests.workflow.interpreter import NOW_MS, Machine

MACHINE = Machine()


@dataclass
class InterpretedCascade:
    """Runs a plan through the shipped machine, with the real use case as its tasks."""

    invoking: Invoking
    plans: list[Plan] = field(default_factory=list)

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        self.plans.append(plan)
        execution = MACHINE.run(
            state_input(plan, payload),
            lambda event: self.invoking.run(INVOCATION.validate_python(event)),
        )
        return CascadeOutcome.model_validate(execution.output)


def router(providers: Mapping[WireFormat, ModelProvider], policy: Policy) -> Routing:
    """A router whose providers are the given ones; its clock stands still."""
    payloads = InlinePayloads()
    invoking = Invoking(providers, payloads, lambda: NOW_MS, lambda _: None)
    return Routing(
        policies=FixedPolicy(policy),
        cache=DictCache(),
        cascade=InterpretedCascade(invoking),
        payloads=payloads,
        metrics=MetricLog(),
        clock=lambda: NOW_MS,
        enabled_providers=tuple(policy.providers),
        deadline_ms=25_000,
    )
