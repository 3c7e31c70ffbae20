"""Check of the policy: the router uses the one that was meant."""

from collections.abc import Iterator

from llm_router.domain.policy.policy import Policy, PolicyError

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
    yield from _shadow_checks(deployed, policy)
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


def _shadow_checks(deployed: Deployed, policy: Policy) -> Iterator[Finding]:
    """Warn where policy and stack disagree on whether answers are checked afterwards."""
    share = policy.shadow.share if policy.shadow else 0
    checks = deployed.stack.parameters.get("ShadowChecks")
    if share > 0 and checks == "off":
        yield warning(
            f"shadow.share is {share}, but the stack checks no answers afterwards",
            "deploy with ShadowChecks=on",
        )
    if share == 0 and checks == "on":
        yield warning(
            "ShadowChecks is on, but shadow.share is 0: the function runs and finds nothing",
            "set shadow.share in the policy, or deploy with ShadowChecks=off",
        )
