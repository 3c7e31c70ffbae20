"""Checks of the providers: each answers, and lists the policy's models."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx2

from llm_router.adapters.providers.endpoints import endpoint_of
from llm_router.domain.outcome.failures import FailureKind, ProviderFailure
from llm_router.domain.policy.models import Model, Provider

from .access import unreachable
from .deployed import Deployed, Json, Reply
from .findings import CannotLookError, Finding, fault, ok, skipped, warning

_ANSWER_TOKENS = 16
_SMALLEST_QUESTION = "Answer with the one word yes."
_WHAT_TO_DO: Mapping[FailureKind, str] = {
    FailureKind.CREDENTIALS: "look at its key: see the check secret, and the vendor's console",
    FailureKind.QUOTA_EXHAUSTED: "add credit or raise the spending limit in the vendor's console",
    FailureKind.MODEL_GONE: "replace the model in the policy: see the check models",
    FailureKind.RATE_LIMITED: "raise the vendor's rate limit, or send less",
    FailureKind.OVERLOADED: "wait; the vendor is overloaded, see its status page",
    FailureKind.TRANSIENT: "wait, see the vendor's status page; else look at the base URL",
    FailureKind.TIMEOUT: "wait, see the vendor's status page; else look at the base URL",
    FailureKind.REGION: "the vendor does not serve this region: deploy to another",
    FailureKind.INVALID_REQUEST: "look at the model's capabilities in the policy",
    FailureKind.NOT_ACCEPTED: "look at the model's capabilities in the policy",
    FailureKind.NOT_SUPPORTED: "look at the model's capabilities in the policy",
    FailureKind.CONTEXT_WINDOW: "look at the model's context_window in the policy",
    FailureKind.THROTTLED: "raise Lambda's quota: see the check quotas",
    FailureKind.PLATFORM: "look at the invoke_model function's log",
}
_ANSWERED_ALL_THE_SAME = frozenset(
    {FailureKind.TRUNCATED_OUTPUT, FailureKind.CONTENT_POLICY, FailureKind.MALFORMED_OUTPUT}
)
_ELSE = "look at the invoke_model function's log"


def each_provider_answers(deployed: Deployed) -> Iterator[Finding]:
    """Ask each enabled provider's cheapest model for a word."""
    for provider, models in _models_by_provider(deployed).items():
        cheapest = min(models, key=lambda m: (m.output_usd_per_mtok, m.input_usd_per_mtok, m.id))
        try:
            reply = deployed.ask(_SMALLEST_QUESTION, model=cheapest.id, max_tokens=_ANSWER_TOKENS)
        except CannotLookError as error:
            yield skipped(f"{provider} was not asked: {error}", error.advice)
        else:
            yield answered(provider, cheapest.id, reply)


def answered(provider: str, model: str, reply: Reply) -> Finding:
    """What a reply says of the provider's call, which is the first of its attempts."""
    attempts = reply.router.get("attempts") or []
    first = next((each for each in attempts if each["model"] == model), None)
    if first is None:
        return fault(
            f"{provider} was not called: {reply.status} {reply.error}".rstrip(),
            "raise --spend" if reply.status == 402 else _ELSE,
        )
    failure = first.get("failure")
    if failure is None or failure["kind"] in _ANSWERED_ALL_THE_SAME:
        price = f"{first['latency_ms']} ms, {first['cost_usd']:.6f} USD"
        return ok(f"{provider} answers: {model}, {price}")
    details = " ".join(str(failure[name]) for name in ("status", "code") if failure.get(name))
    return fault(
        f"{provider} does not answer: {model}: {failure['kind']} {details}".rstrip(),
        _WHAT_TO_DO.get(FailureKind(failure["kind"]), _ELSE),
    )


def vendors_list_the_models(deployed: Deployed) -> Iterator[Finding]:
    """Compare the policy's models with the vendors' own lists, asked with the vendors' keys."""
    if not deployed.spend_usd:
        raise CannotLookError("--spend is 0: the vendors' lists are asked with their keys")
    for name, models in _models_by_provider(deployed).items():
        provider = deployed.policy.providers[name]
        vendor = endpoint_of(provider.format).vendor
        try:
            key = deployed.provider_keys.key_for(name, provider.base_url or vendor.base_url, vendor)
            yield _listed(deployed.http, name, provider, key, models)
        except ProviderFailure:
            yield skipped(f"{name}: no key to ask it with", "see the check secret")
        except httpx2.TransportError as error:
            yield skipped(
                f"{name}: its list {unreachable(error).finding}", "see the check providers"
            )
    yield skipped(
        "prices: the vendors' lists hold none", "compare the policy's with the vendors' price pages"
    )


def _listed(
    http: httpx2.Client, name: str, provider: Provider, key: str, models: Iterable[Model]
) -> Finding:
    endpoint = endpoint_of(provider.format)
    url = f"{provider.base_url or endpoint.vendor.base_url}{endpoint.list_path}"
    headers = endpoint.signature(key)
    listing = http.get(url, params={"limit": 1000}, headers=headers)
    if listing.status_code != 200:
        return skipped(f"{name}: its list of models answers {listing.status_code}")
    listed = _ids(listing)
    # A list names dated versions; an alias is only known when it is asked for.
    missing = [
        named
        for named in dict.fromkeys(model.name_at_provider for model in models)
        if named not in listed and http.get(f"{url}/{named}", headers=headers).status_code != 200
    ]
    if not missing:
        return ok(f"{name} lists every model that the policy has of it")
    found = f"{name} does not list {', '.join(missing)}"
    if provider.base_url is None:
        return fault(found, "replace these in the policy: the vendor has withdrawn or renamed them")
    return warning(found, "a server of your own may answer all the same: see the check providers")


def _ids(listing: httpx2.Response) -> set[str]:
    try:
        body: Any = listing.json()
    except ValueError:
        return set()
    rows: list[Json] = body.get("data", []) if isinstance(body, dict) else []
    return {str(row.get("id")) for row in rows}


def _models_by_provider(deployed: Deployed) -> dict[str, list[Model]]:
    found: dict[str, list[Model]] = {}
    for model in deployed.policy.models:
        if model.provider in deployed.enabled_providers:
            found.setdefault(model.provider, []).append(model)
    return found
