"""Checks of the stack itself: its state, its version, and what its region offers."""

from collections.abc import Iterator
from typing import Any

from llm_router import __version__
from operations.stack import processed_template

from .deployed import Deployed
from .findings import Finding, fault, ok, skipped, warning

_COMPLETE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_STEP_FUNCTIONS, _S3 = "sync-states", "s3"
"""The services that `route` reaches through endpoints of its VPC."""


def stack_is_complete(deployed: Deployed) -> Iterator[Finding]:
    """Check the stack's state, and its version against this command's."""
    stack = deployed.stack
    if stack.status in _COMPLETE:
        yield ok(f"{stack.name} is {stack.status}")
    elif stack.status.endswith("_IN_PROGRESS"):
        yield warning(f"{stack.name} is {stack.status}", "run this again when that has ended")
    elif stack.status == "UPDATE_ROLLBACK_COMPLETE":
        yield warning(
            f"{stack.name}'s last update failed and was rolled back",
            "look for the first failure in its events, mend it and deploy again",
        )
    else:
        yield fault(
            f"{stack.name} is {stack.status}: {stack.reason or 'no reason given'}",
            f"look at its events; llm-router teardown --stack {stack.name} removes it",
        )
    template = processed_template(deployed.client("cloudformation"), stack) or {}
    version = template.get("Metadata", {}).get("Version")
    if version is None:
        yield skipped("the template names no version")
    elif version == __version__:
        yield ok(f"template and command have version {version}")
    else:
        yield warning(
            f"the template has version {version}, this command {__version__}",
            "deploy this version, or use the command of that one",
        )


def vpc_has_its_endpoints(deployed: Deployed) -> Iterator[Finding]:
    """Check that `route` has its endpoints, or that the region offers them."""
    wanted = [f"com.amazonaws.{deployed.region}.{service}" for service in _wanted(deployed)]
    if not wanted:
        yield ok(f"CacheMode is {deployed.parameter('CacheMode')}: no endpoint is the stack's own")
        return
    ec2 = deployed.client("ec2")
    ids = [each.physical_id for each in deployed.stack.of_type("AWS::EC2::VPCEndpoint")]
    found = ec2.describe_vpc_endpoints(VpcEndpointIds=ids)["VpcEndpoints"] if ids else []
    states = {each["ServiceName"]: each["State"].lower() for each in found}
    for service in wanted:
        if states.get(service) == "available":
            yield ok(f"the endpoint for {service} is available")
        elif service in states:
            yield fault(
                f"the endpoint for {service} is {states[service]}",
                "wait while it is pending; else delete it in the VPC console and deploy again",
            )
        else:
            yield _not_there(ec2, deployed.region, service)


def _wanted(deployed: Deployed) -> tuple[str, ...]:
    """The services for which the template makes an endpoint with these parameters."""
    mode = deployed.parameter("CacheMode")
    if mode == "create":
        return _STEP_FUNCTIONS, _S3
    if mode == "none":
        return ()
    asked = deployed.stack.parameters
    return (
        *((_STEP_FUNCTIONS,) if asked.get("CreateEndpoints") == "true" else ()),
        *((_S3,) if asked.get("ExistingRouteTableIds") else ()),
    )


def _not_there(ec2: Any, region: str, service: str) -> Finding:
    """Say whether a missing endpoint could be there."""
    offered = ec2.describe_vpc_endpoint_services(
        Filters=[{"Name": "service-name", "Values": [service]}]
    )["ServiceNames"]
    if offered:
        return fault(f"the VPC has no endpoint for {service}", "deploy again")
    return fault(
        f"{region} does not offer endpoints for {service}",
        "deploy to another region, or with CacheMode=none",
    )
