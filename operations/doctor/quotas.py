"""Check of the account's quotas against what the stack can be asked for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from .deployed import Deployed
from .findings import Finding, fault, ok, warning

EXECUTIONS = 2
"""A request holds `route` and one `invoke_model`; a second opinion at the same time is a third."""
USUAL_SECONDS = 4
WITHOUT_A_RAISED_QUOTA_SECONDS = 29
_CONCURRENCY = "L-B99A9384"
_INTEGRATION_TIMEOUT = "L-E5AE38E3"


class Throttle(NamedTuple):
    """What the API's stage lets through: requests per second, and at once."""

    rate: float
    burst: int


def quotas_suffice(deployed: Deployed) -> Iterator[Finding]:
    """Check Lambda's concurrency and API Gateway's longest timeout."""
    seconds = int(deployed.parameter("RequestTimeout"))
    limit = deployed.client("lambda").get_account_settings()["AccountLimit"]
    throttle = _throttle(deployed)
    yield concurrency(
        limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"], throttle, seconds
    )
    if seconds <= WITHOUT_A_RAISED_QUOTA_SECONDS:
        yield ok(f"RequestTimeout {seconds} needs no raised quota of API Gateway")
        return
    allowed = _quota(deployed.client("service-quotas"), "apigateway", _INTEGRATION_TIMEOUT) / 1000
    if allowed < seconds:
        yield fault(
            f"RequestTimeout is {seconds} s, but API Gateway gives up after {allowed:g} s",
            "ask Service Quotas for API Gateway's 'Maximum integration timeout in milliseconds' "
            f"({_INTEGRATION_TIMEOUT}) of {seconds * 1000}",
        )
    else:
        yield ok(f"API Gateway waits up to {allowed:g} s, RequestTimeout is {seconds}")


def concurrency(limit: int, unreserved: int, throttle: Throttle, seconds: int) -> Finding:
    """Compare the executions that are free with those that the API's throttle lets through."""
    at_once = unreserved // EXECUTIONS
    found = (
        f"Lambda runs {limit} at once, {unreserved} of them unreserved: {at_once} requests with "
        f"{EXECUTIONS} executions each, {unreserved // (EXECUTIONS + 1)} with a second opinion; "
        f"{at_once / USUAL_SECONDS:.3g} requests per second if they take {USUAL_SECONDS} s, "
        f"{at_once / seconds:.3g} if all take {seconds} s"
    )
    needed = EXECUTIONS * max(int(throttle.rate * USUAL_SECONDS), throttle.burst)
    if unreserved >= needed:
        return ok(found)
    return warning(
        f"{found}; the API lets {throttle.rate:g} per second and {throttle.burst} at once through",
        f"ask Service Quotas for Lambda's 'Concurrent executions' ({_CONCURRENCY}) of "
        f"{max(needed, 1000)}, or lower ThrottleRate and ThrottleBurst; what is over it fails",
    )


def _throttle(deployed: Deployed) -> Throttle:
    """The throttle of the stage's methods."""
    stage = deployed.client("apigateway").get_stage(
        restApiId=deployed.output("ApiId"), stageName="live"
    )
    settings = stage.get("methodSettings", {}).get("*/*", {})
    return Throttle(
        settings.get("throttlingRateLimit", 10_000.0), settings.get("throttlingBurstLimit", 5_000)
    )


def _quota(client: Any, service: str, code: str) -> float:
    """The account's quota, or AWS's default where it was never raised."""
    try:
        found = client.get_service_quota(ServiceCode=service, QuotaCode=code)
    except client.exceptions.NoSuchResourceException:
        found = client.get_aws_default_service_quota(ServiceCode=service, QuotaCode=code)
    return float(found["Quota"]["Value"])
