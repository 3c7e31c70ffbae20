"""Check of the policy: the router uses the one that was meant."""

from collections.abc import Iterator

from llm_router.domain.policy.policy import PolicyError

from .deployed import Deployed
from .findings import Finding, fault, ok, skipped, warning


def policy_is_in_force(deployed: Deployed) -> Iterator[Finding]:
    """Check that the policy can be used and that the API uses it."""
    uri = deployed.parameter("PolicyOverride")
    named = uri or "the default policy"
    try:
        policy = deployed.policy
    except PolicyError as error:
        yield fault(f"the policy is refused: {error}", "llm-router policy check, then upload it")
        return
    unknown = [each for each in deployed.enabled_providers if each not in policy.providers]
    if unknown:
        yield warning(
            f"EnabledProviders names {', '.join(unknown)}, which {named} does not have",
            "deploy without them, or add them to the policy",
        )
    if not any(model.provider in deployed.enabled_providers for model in policy.models):
        yield fault(f"no model of {named} belongs to an enabled provider", "set EnabledProviders")
    used = deployed.health.body.get("policy")
    if used is None:
        yield skipped("the API does not say which policy it uses", "see the check api")
    elif used == policy.version:
        yield ok(f"the API uses {named}, version {used}")
    elif uri:
        yield fault(
            f"the API uses version {used}, but {uri} is {policy.version}",
            "wait 30 s; then look for 'policy refused' in the route function's log",
        )
    else:
        yield warning(
            f"the API's default policy is {used}, this command's {policy.version}",
            "deploy this version, or use the command of that one",
        )
