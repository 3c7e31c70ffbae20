"""Check of the functions: what the API and the machine call is what was deployed last."""

from collections.abc import Iterator, Mapping
from typing import Any

from .deployed import Deployed, Json
from .findings import Finding, fault, ok, warning

ALIAS = "live"
_DEPLOY = "deploy again: it was changed by hand, or a deployment ended half-way"
_COMPARED: Mapping[str, str] = {
    "CodeSha256": "code",
    "Environment": "environment",
    "Handler": "handler",
    "Layers": "layers",
    "MemorySize": "memory",
    "Runtime": "runtime",
    "Timeout": "timeout",
    "VpcConfig": "VPC",
}
_OF_A_VPC = ("SubnetIds", "SecurityGroupIds")


def alias_is_the_newest_version(deployed: Deployed) -> Iterator[Finding]:
    """Check each function's alias, configuration and state."""
    functions = deployed.stack.of_type("AWS::Lambda::Function")
    found = False
    for function in functions:
        for finding in _faults(deployed.client("lambda"), function.physical_id):
            found = True
            yield Finding(
                finding.state, f"{function.logical_id}: {finding.finding}", finding.advice
            )
    if not found:
        yield ok(f"the alias {ALIAS} of {len(functions)} functions is the newest version")


def _faults(client: Any, name: str) -> Iterator[Finding]:
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    versions = [each["Version"] for page in pages for each in page["Versions"]]
    newest = max((int(version) for version in versions if version.isdigit()), default=None)
    try:
        called = client.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"]
    except client.exceptions.ResourceNotFoundException:
        yield fault(f"there is no alias {ALIAS}, which the API calls", "deploy again")
        return
    if newest is not None and called != str(newest):
        yield fault(
            f"the alias {ALIAS} is version {called}, the newest is {newest}",
            f"aws lambda update-alias --region {client.meta.region_name} --function-name {name} "
            f"--name {ALIAS} --function-version {newest}",
        )
    if kept := sorted(set(filter(str.isdigit, versions)) - {called, str(newest)}, key=int):
        yield warning(
            f"versions {', '.join(kept)} are left of earlier deployments, and hold their VPC's "
            "network interfaces",
            f"aws lambda delete-function --region {client.meta.region_name} --function-name {name} "
            f"--qualifier {kept[0]}, and the others alike",
        )
    latest = client.get_function_configuration(FunctionName=name)
    live = client.get_function_configuration(FunctionName=name, Qualifier=ALIAS)
    differing = [
        said for key, said in _COMPARED.items() if _essence(key, latest) != _essence(key, live)
    ]
    if differing:
        yield fault(
            f"version {called} has another {', '.join(differing)} than was deployed last", _DEPLOY
        )
    state, update = live.get("State", "Active"), latest.get("LastUpdateStatus", "Successful")
    if "Pending" in state or update == "InProgress":
        yield warning("it is still being updated", "run this again in a minute")
        return
    if state == "Inactive":
        yield warning(
            f"version {called} is asleep after weeks without a call: the next one may fail",
            "send a request and run this again",
        )
    elif state != "Active":
        reason = live.get("StateReason", "no reason given")
        yield fault(f"version {called} is {state}: {reason}", "deploy again")
    if update != "Successful":
        reason = latest.get("LastUpdateStatusReason", "no reason given")
        yield fault(f"its last update is {update}: {reason}", "deploy again")


def _essence(key: str, configuration: Json) -> Any:
    """A part of a configuration without what differs between equal ones."""
    value = configuration.get(key)
    if key == "Layers":
        return [layer["Arn"] for layer in value or ()]
    if key == "VpcConfig":
        return {name: sorted((value or {}).get(name) or ()) for name in _OF_A_VPC}
    return value
