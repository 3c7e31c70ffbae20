"""Check of the providers' keys; no part of a key is ever in a finding."""

import json
import re
from collections.abc import Iterator
from typing import Any

from llm_router.adapters.providers.endpoints import endpoint_of
from llm_router.domain.outcome.failures import ProviderFailure
from llm_router.domain.policy.policy import PolicyError

from .deployed import Deployed
from .findings import Finding, fault, ok

_PLACEHOLDER = re.compile(
    r"\W*|<.*>|\$?\{.*\}|x+|your[-_ ].*|change[-_ ]?me|todo|sk-(ant-)?[.…x]+", re.IGNORECASE
)


def providers_have_keys(deployed: Deployed) -> Iterator[Finding]:
    """Check that the secret holds a key for each enabled provider."""
    fill = deployed.stack.outputs.get("FillSecretCommand", "fill the secret")
    try:
        keys = json.loads(deployed.secret_text)
    except json.JSONDecodeError as error:
        yield fault(f"the secret is not JSON: {error.msg} at character {error.pos}", fill)
        return
    if not isinstance(keys, dict):
        yield fault("the secret is JSON, but not an object of provider to key", fill)
        return
    wrong = [
        f"{provider}: {problem}"
        for provider in deployed.enabled_providers
        if (problem := _problem(keys.get(provider)))
    ]
    if wrong:
        yield fault(f"no usable key for {'; '.join(wrong)}", fill)
    else:
        yield ok(f"there is a key for {', '.join(deployed.enabled_providers)}")
    yield from _misdirected(deployed, [each.partition(":")[0] for each in wrong])


def _problem(entry: Any) -> str:
    """The reason for which an entry is no key; empty for a key."""
    if entry is None:
        return "missing"
    if isinstance(entry, dict):
        missing = [name for name in ("api_key", "base_url") if not isinstance(entry.get(name), str)]
        if missing:
            return f"an object without {' and '.join(missing)}"
        entry = entry["api_key"]
    if not isinstance(entry, str):
        return "neither a string nor an object"
    if not entry:
        return "empty"
    if _PLACEHOLDER.fullmatch(entry):
        return "a placeholder"
    return "white space in it" if re.search(r"\s", entry) else ""


def _misdirected(deployed: Deployed, without: list[str]) -> Iterator[Finding]:
    """Find keys that may not be sent to the base URL that the policy has for their provider."""
    try:
        providers = deployed.policy.providers
    except PolicyError:
        return
    for name in deployed.enabled_providers:
        if name in without or name not in providers:
            continue
        vendor = endpoint_of(providers[name].format).vendor
        base_url = providers[name].base_url or vendor.base_url
        try:
            deployed.provider_keys.key_for(name, base_url, vendor)
        except ProviderFailure:
            yield fault(
                f"the key of {name} is not bound to the policy's base URL {base_url}, "
                "so it is not sent there",
                f'store it as {{"api_key": "…", "base_url": "{base_url}"}}',
            )
