"""The router of live traffic in one process: the shipped state machine, and null adapters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from evaluation.asl_interpreter import NOW_MS, StateMachine
from llm_router.adapters.null import (
    FixedPolicy,
    InlinePayloads,
    NoCache,
    NoLedger,
    NoMetrics,
    NoShadowQueue,
)
from llm_router.adapters.policy_files import packaged_classifier
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import Json, ModelProvider
from llm_router.application.route.route_request import Router
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.machine_input import machine_input
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.policy.policy import Policy

_DEADLINE_MS = 25_000


@dataclass
class LocalCascade:
    """Runs plans on the local state machine; `plans` holds those that were run."""

    invoker: ModelInvoker
    machine: StateMachine
    plans: list[Plan] = field(default_factory=list)

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        """Run the state machine on a plan to its end."""
        self.plans.append(plan)
        execution = self.machine.run(
            machine_input(plan, payload),
            lambda event: self.invoker.run(INVOCATION.validate_python(event)),
        )
        return CascadeOutcome.from_machine(execution.output)


def local_router(
    providers: Mapping[WireFormat, ModelProvider],
    policy: Policy,
    enabled_providers: Collection[str],
    machine: StateMachine,
) -> Router:
    """A router that calls these providers and keeps nothing."""
    payloads = InlinePayloads()
    invoker = ModelInvoker(providers, payloads, lambda: NOW_MS, lambda _: None)
    return Router(
        policies=FixedPolicy(policy),
        classifiers=packaged_classifier,
        cache=NoCache(),
        cascade=LocalCascade(invoker, machine),
        payloads=payloads,
        metrics=NoMetrics(),
        archive=NoLedger(),
        shadow=NoShadowQueue(),
        clock=lambda: NOW_MS,
        enabled_providers=enabled_providers,
        deadline_ms=_DEADLINE_MS,
    )
