"""The router's stack as CloudFormation describes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from .errors import UnusableError

StackName = Annotated[
    str, typer.Option("--stack", metavar="NAME", help="The CloudFormation stack's name.")
]
DELETED = "DELETE_COMPLETE"
_OF_A_ROUTER = frozenset({"EnabledProviders", "CacheMode"})
"""Parameters by which a stack is known to be a router's."""


@dataclass(frozen=True)
class Resource:
    """One resource of a stack; `reason` says why its last operation failed."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""

    def __str__(self) -> str:
        """Both ids."""
        return f"{self.logical_id} ({self.physical_id})"


@dataclass(frozen=True)
class Stack:
    """A stack: status, parameters, outputs, and the resources that were not deleted."""

    id: str
    name: str
    status: str
    reason: str = ""
    protected: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()

    def physical_id(self, logical_id: str) -> str | None:
        """A resource's id in AWS; None if the stack has no such resource."""
        found = (each.physical_id for each in self.resources if each.logical_id == logical_id)
        return next(found, None)

    def of_type(self, resource_type: str) -> tuple[Resource, ...]:
        """The resources of a type."""
        return tuple(each for each in self.resources if each.type == resource_type)


def router_stack(cloudformation: Any, name: str) -> Stack | None:
    """The router's stack of that name or id; None if there is none now.

    Raises `UnusableError` for a stack that is no router's.
    """
    from botocore.exceptions import ClientError

    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        # DescribeStacks has no code of its own for a stack that does not exist.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    parameters = {
        each["ParameterKey"]: each.get("ResolvedValue", each.get("ParameterValue", ""))
        for each in found.get("Parameters", ())
    }
    status = found["StackStatus"]
    if not parameters.keys() >= _OF_A_ROUTER and status != "REVIEW_IN_PROGRESS":
        raise UnusableError(f"--stack {name}: is not a stack of llm-router")
    return Stack(
        id=found["StackId"],
        name=found["StackName"],
        status=status,
        reason=found.get("StackStatusReason", ""),
        protected=bool(found.get("EnableTerminationProtection")),
        parameters=parameters,
        outputs={each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())},
        resources=tuple(_resources(cloudformation, found["StackId"])),
    )


def deleted_stack_id(cloudformation: Any, name: str) -> str | None:
    """The id of the stack of that name that was deleted last; AWS knows it for 90 days."""
    pages = cloudformation.get_paginator("list_stacks").paginate(StackStatusFilter=[DELETED])
    found = [each for page in pages for each in page["StackSummaries"] if each["StackName"] == name]
    newest = max(found, key=lambda each: each["CreationTime"], default=None)
    return None if newest is None else str(newest["StackId"])


def processed_template(cloudformation: Any, stack: Stack) -> Mapping[str, Any] | None:
    """The stack's template after the SAM transform; None if it is not JSON."""
    found = cloudformation.get_template(StackName=stack.id, TemplateStage="Processed")
    # A stack of which only a change set exists has none.
    body = found.get("TemplateBody")
    return body if isinstance(body, dict) else None


def _resources(cloudformation: Any, stack_id: str) -> Iterator[Resource]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    for page in pages:
        for each in page["StackResourceSummaries"]:
            if each["ResourceStatus"] not in (DELETED, "DELETE_SKIPPED"):
                yield Resource(
                    logical_id=each["LogicalResourceId"],
                    physical_id=each.get("PhysicalResourceId", ""),
                    type=each["ResourceType"],
                    status=each["ResourceStatus"],
                    reason=_reason(cloudformation, stack_id, each),
                )


def _reason(cloudformation: Any, stack_id: str, resource: Mapping[str, Any]) -> str:
    """The reason for a failure."""
    if not resource["ResourceStatus"].endswith("_FAILED"):
        return ""
    if "ResourceStatusReason" not in resource:
        resource = cloudformation.describe_stack_resource(
            StackName=stack_id, LogicalResourceId=resource["LogicalResourceId"]
        )["StackResourceDetail"]
    return str(resource.get("ResourceStatusReason", "no reason given"))
