"""The tables of wire formats and endpoints are whole, and an SDK is loaded only to be called."""

import subprocess
import sys
from typing import get_args

import pytest

from llm_router.adapters.providers.endpoints import ENDPOINTS
from llm_router.adapters.providers.formats import TRANSLATIONS
from llm_router.domain.conversation.capabilities import Capability
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.models import (
    ENDPOINT_KINDS,
    WIRE_FORMATS,
    EndpointKind,
    PerEndpoint,
    WireFormat,
)
from local.settings import KEY_VARIABLES


def test_every_format_and_every_kind_of_endpoint_has_its_row() -> None:
    assert set(WIRE_FORMATS) == set(FORMATS) == set(TRANSLATIONS)
    assert set(ENDPOINT_KINDS) == set(PerEndpoint.__annotations__) == set(ENDPOINTS)
    assert {FORMATS[wire].endpoint for wire in WIRE_FORMATS} == set(ENDPOINT_KINDS)


def test_no_two_vendors_share_a_name_or_a_key() -> None:
    assert len(KEY_VARIABLES) == len(set(KEY_VARIABLES.values())) == len(ENDPOINT_KINDS)


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_what_a_format_ignores_is_a_parameter(wire: WireFormat) -> None:
    assert set(FORMATS[wire].ignored) <= set(Conversation.model_fields) | {"name"}


def test_every_capability_can_be_used_in_some_format() -> None:
    spoken = frozenset[Capability]().union(*(FORMATS[wire].capabilities for wire in WIRE_FORMATS))
    assert spoken == set(get_args(Capability))


@pytest.mark.parametrize("kind", ENDPOINT_KINDS)
def test_an_sdk_is_loaded_by_its_endpoint_s_first_use_alone(kind: EndpointKind) -> None:
    script = f"""
import sys
import llm_router.adapters.providers.provider
from llm_router.adapters.providers.endpoints import ENDPOINTS
sdks = {{"openai", "anthropic"}}
assert not sdks & sys.modules.keys()
ENDPOINTS[{kind!r}].sdk()
print(*sdks & sys.modules.keys())
"""
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == [kind]
