"""Checks of the way in: the API, the state machine behind it, and keys."""

import socket
import ssl
from collections.abc import Iterator, Mapping

import httpx2

from llm_router.application.api_keys import new_key

from .deployed import Deployed, Reply, bearer
from .findings import Finding, fault, ok, warning

_UNAUTHORIZED = 401
_CACHE_IS: Mapping[str, str] = {"create": "up", "existing": "up", "none": "off"}
_MODEL = "auto"
_HELLO = [{"role": "user", "content": "hello"}]


def api_answers(deployed: Deployed) -> Iterator[Finding]:
    """Check that the API answers, and that it has the cache that was deployed."""
    try:
        reply = deployed.health
    except httpx2.TransportError as error:
        found = unreachable(error)
        yield fault(f"{deployed.api_url} {found.finding}", found.advice)
        return
    if reply.status != 200 or reply.body.get("status") != "ok":
        yield fault(
            f"{deployed.api_url}/health answers {reply.status} {reply.error}".rstrip(),
            "look at the route function's log; a 403 or 404 often is a wrong --url",
        )
        return
    yield ok(f"{deployed.api_url} answers, policy {reply.body.get('policy')}")
    mode, cache = deployed.parameter("CacheMode"), reply.body.get("cache")
    if cache == _CACHE_IS.get(mode):
        yield ok(f"the decision cache is {cache}, as CacheMode={mode} has it")
    elif cache == "down":
        yield fault(
            "the decision cache is down: nothing is remembered, and requests with an "
            "Idempotency-Key end in a 503",
            "look at the cache's state, its security group and the route function's log",
        )
    else:
        yield warning(
            f"the decision cache is {cache}, but CacheMode is {mode}",
            "the alias live may be an older version: see the check functions",
        )


def unreachable(error: httpx2.TransportError) -> Finding:
    """Name the reason for which a host gave no answer."""
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return fault("has no address (DNS)", "look for a typing error, or pass --url")
    broken = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if broken is not None:
        return fault(
            f"has no valid certificate (TLS): {broken}", "look at the domain's certificate"
        )
    if isinstance(error, httpx2.TimeoutException):
        return fault(
            f"does not answer in time ({type(error).__name__})",
            "look at the route function's log, and for a firewall in between",
        )
    return fault(f"cannot be reached: {error}", "look for a proxy or a firewall in between")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def machine_is_active(deployed: Deployed) -> Iterator[Finding]:
    """Check the state machine."""
    client = deployed.client("stepfunctions")
    arn = deployed.output("StateMachineArn")
    try:
        status = client.describe_state_machine(stateMachineArn=arn)["status"]
    except client.exceptions.StateMachineDoesNotExist:
        yield fault("the state machine does not exist", "deploy again")
        return
    if status == "ACTIVE":
        yield ok("the state machine is ACTIVE")
    else:
        yield fault(f"the state machine is {status}", "deploy again")


def keys_open_the_api(deployed: Deployed) -> Iterator[Finding]:
    """Check that a key is accepted, and a wrong one refused in both dialects."""
    wrong = new_key()
    body = {"model": _MODEL, "max_tokens": 1, "messages": _HELLO}
    refused: Mapping[str, Reply] = {
        "OpenAI": deployed.call("POST", "/chat/completions", headers=bearer(wrong), body=body),
        "Anthropic": deployed.call("POST", "/messages", headers={"x-api-key": wrong}, body=body),
    }
    for dialect, reply in refused.items():
        if reply.status != _UNAUTHORIZED:
            yield fault(
                f"a wrong key is answered with {reply.status} instead of 401 in {dialect}'s format",
                "look at the authorize function's log and the API's gateway responses",
            )
    if all(reply.status == _UNAUTHORIZED for reply in refused.values()):
        yield ok("a wrong key is refused with 401 in both formats")
    reply = deployed.call("GET", "/models", headers=bearer(deployed.key))
    if reply.status == 200:
        yield ok("a key opens the API")
    elif reply.status == _UNAUTHORIZED:
        yield fault(
            "the key is refused with 401",
            "look whether it is revoked or expired: llm-router keys list",
        )
    else:
        yield fault(
            f"a request with a key is answered with {reply.status} {reply.error}".rstrip(),
            "look at the logs of the authorize and route functions",
        )
