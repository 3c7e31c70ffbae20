"""The table of checks, and how they are run: one that cannot look never stops the others."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import httpx2
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.domain.policy.policy import PolicyError

from . import access, alarms, functions, policy, providers, quotas, requests, secret, template
from .access import unreachable
from .deployed import Deployed
from .findings import CannotLookError, Finding, skipped

Check = Callable[[Deployed], Iterator[Finding]]
CHECKS: Mapping[str, Check] = {
    "stack": template.stack_is_complete,
    "endpoints": template.vpc_has_its_endpoints,
    "functions": functions.alias_is_the_newest_version,
    "quotas": quotas.quotas_suffice,
    "secret": secret.providers_have_keys,
    "policy": policy.policy_is_in_force,
    "alarms": alarms.somebody_is_told,
    "api": access.api_answers,
    "machine": access.machine_is_active,
    "keys": access.keys_open_the_api,
    "providers": providers.each_provider_answers,
    "models": providers.vendors_list_the_models,
    "escalation": requests.an_answer_escalates,
    "fallback": requests.each_tier_can_fall_back,
    "last day": alarms.last_day_was_quiet,
}
_FORBIDDEN = re.compile(r"AccessDenied|Unauthorized|AuthorizationError|Forbidden")
_ACTION = re.compile(r"perform:? ([a-z0-9-]+:[A-Za-z*]+)")


def examine(deployed: Deployed, names: Iterable[str]) -> Iterator[Finding]:
    """Run these checks in the table's order."""
    wanted = set(names)
    for name, check in CHECKS.items():
        if name in wanted:
            for finding in _run(check, deployed):
                yield replace(finding, check=name)


def _run(check: Check, deployed: Deployed) -> Iterator[Finding]:
    try:
        yield from check(deployed)
    except CannotLookError as error:
        yield skipped(str(error), error.advice)
    except PolicyError as error:
        yield skipped(f"the policy cannot be used: {error}", "see the check policy")
    except ClientError as error:
        yield _refused(error)
    except BotoCoreError as error:
        yield skipped(f"AWS gave no answer: {error}")
    except httpx2.TransportError as error:
        yield skipped(f"the API gave no answer: {unreachable(error).finding}", "see the check api")


def _refused(error: ClientError) -> Finding:
    code = error.response.get("Error", {}).get("Code", "Unknown")
    message = error.response.get("Error", {}).get("Message", "no reason given")
    if _FORBIDDEN.search(code):
        named = _ACTION.search(message)
        action = named[1] if named else error.operation_name
        return skipped(f"not allowed to look: {action} is missing", f"allow {action}")
    return skipped(f"AWS refused {error.operation_name}: {code}: {message}")
