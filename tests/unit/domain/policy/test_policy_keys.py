"""Every key of the policy is documented, and every documented key is read by code."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from evaluation.certificate.certificate import certify
from evaluation.certificate.ledgers import Traffic
from llm_router.application.errors import RouterError
from llm_router.domain.base import Frozen
from llm_router.domain.policy.conditions import Combined, Comparison
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import Policy, parse_policy
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.pass_rates import PassCount
from llm_router.domain.tiers import TIERS
from llm_router.domain.trust.confidence import SignalWeights
from llm_router.wire.openai.models import models_reply
from llm_router.wire.openai.reply import chat_reply
from llm_router.wire.openai.request import parse_chat
from local.settings import ROOT
from tests.support.fakes import DictCache
from tests.support.in_process_router import router
from tests.support.policies import POLICY, replaced
from tests.support.provider_bills import Bill, ChargingProvider, prices_of
from tests.support.random_calls import random_call

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CHECKED_AT_LOAD = {"schema_version"}
SHADOWED = replaced("share = 0.0", "share = 1.0")
CALIBRATION = """
[calibration]
models = MODELS
datasets = ["tickets"]
n = 400
quality_kept = 0.97
delta = 0.05
escalation_rate = 0.12
saving = 0.6
date = 2026-11-25
"""
COMPUTED = {"version"}
NOT_TABLES = {Comparison, Combined, SignalWeights}
EXTRAS = """
[[rules]]
name = "everything"
when = { feature = { regex = "[13579]$" } }
then.tier = "simple"
then.skip_cascade = true
then.limits = { max_cost_usd = 1, max_latency_ms = 9000, max_output_tokens = 900 }
"""


def calibration() -> str:
    models = [model.id for model in POLICY.models]
    return CALIBRATION.replace("MODELS", json.dumps(models))


def keys_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of the policy with the field that holds it; `*` for any entry of a list."""
    for name, field in model.model_fields.items():
        inner = [t for t in (field.annotation, *get_args(field.annotation)) if _is_table(t)]
        if not inner:
            yield f"{path}{name}", f"{model.__name__}.{name}"
        for table in inner:
            entries = "*." if _is_many(field.annotation) else ""
            yield from keys_of(table, f"{path}{name}.{entries}")


def _is_many(annotation: Any) -> bool:
    return get_origin(annotation) in (tuple, dict)


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Frozen) and kind not in NOT_TABLES


FIELD_OF = {key: field for key, field in keys_of(Policy) if key not in COMPUTED}


def test_the_document_names_every_key_and_no_other() -> None:
    text = (ROOT / "docs" / "policy.md").read_text()
    assert set(re.findall(r"^\| `([a-z_.*]+)` \|", text, re.MULTILINE)) == set(FIELD_OF)


@pytest.mark.slow
def test_every_key_is_read_by_code(monkeypatch: pytest.MonkeyPatch) -> None:
    policies = [parse_policy(SHADOWED + EXTRAS + more, "test") for more in ("", calibration())]
    read = set[str]()
    plain = Frozen.__getattribute__

    def noting(self: Frozen, name: str) -> Any:
        if name in type(self).model_fields:
            read.add(f"{type(self).__name__}.{name}")
        return plain(self, name)

    monkeypatch.setattr(Frozen, "__getattribute__", noting)
    for seed in range(300):
        chance, policy = random.Random(seed), policies[seed % 2]
        provider = ChargingProvider(chance, Bill(prices_of(policy)))
        rates = {tier: EscalationRate(answered=1_000, escalated=400) for tier in TIERS}
        passing = {rank: PassCount(tried=100) for rank in (5, 7, 8, 10)}
        routing = replace(
            router(dict.fromkeys(WIRE_FORMATS, provider), policy),
            cache=DictCache(known_rates=rates, known_passing=passing),
        )
        try:
            chat_reply(routing.answer(random_call(chance)))
        except RouterError:
            continue
    models_reply(policies[0], tuple(policies[0].providers))
    parse_chat('{"model": "auto", "messages": [{"role": "user", "content": "hi"}]}', POLICY.limits)
    certify(Traffic(NOW, NOW, [], [], [], [], 0, 0), policies[0], 0.95)
    monkeypatch.undo()
    unread = {key for key, field in FIELD_OF.items() if field not in read}
    assert unread == CHECKED_AT_LOAD
