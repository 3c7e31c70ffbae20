"""The whole router in one process: the real use cases around the shipped state machine."""

from collections.abc import Mapping

from evaluation.asl_interpreter import NOW_MS, StateMachine
from evaluation.replay.replay import LocalCascade
from llm_router.adapters.policy_files import packaged_classifier
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import ModelProvider
from llm_router.application.route.route_request import Router
from llm_router.domain.policy.models import WIRE_FORMATS, Provider, WireFormat
from llm_router.domain.policy.policy import Policy
from tests.support.fake_provider_server import ProviderServer
from tests.support.fakes import (
    DictCache,
    DictLedger,
    FixedPolicy,
    InlinePayloads,
    MetricLog,
    ShadowLog,
)
from tests.support.policies import POLICY
from tests.support.provider_adapters import keys, provider

MACHINE = StateMachine()


def policy_at(server: ProviderServer) -> Policy:
    """The tests' policy with both vendors on loopback, under keys that the tests hold."""
    providers = {
        name: Provider(format=vendor.format, base_url=server.base_url(vendor.format))
        for name, vendor in POLICY.providers.items()
    }
    return POLICY.model_copy(update={"providers": providers})


def real_adapters() -> dict[WireFormat, ModelProvider]:
    """The adapters around both vendors' SDKs, with keys for the providers of `policy_at`."""
    known = keys('{"openai": "k", "anthropic": "k"}')
    return dict.fromkeys(WIRE_FORMATS, provider(known))


def router(providers: Mapping[WireFormat, ModelProvider], policy: Policy) -> Router:
    """A router whose providers are the given ones; its clock stands still."""
    payloads = InlinePayloads()
    invoking = ModelInvoker(providers, payloads, lambda: NOW_MS, lambda _: None)
    return Router(
        policies=FixedPolicy(policy),
        classifiers=packaged_classifier,
        cache=DictCache(),
        cascade=LocalCascade(invoking, MACHINE),
        payloads=payloads,
        metrics=MetricLog(),
        archive=DictLedger(),
        shadow=ShadowLog(),
        clock=lambda: NOW_MS,
        enabled_providers=tuple(policy.providers),
        deadline_ms=25_000,
    )
