"""`llm-router teardown`: deletes a stack, and its keys and ledgers if asked to."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from .aws import client
from .command_line import NOTHING, SOMETHING_IS_LEFT, JsonOut, unusable
from .errors import UnusableError
from .files import writable
from .output import Output, complain, people, table_of
from .stack import Resource, Stack, StackName, deleted_stack_id, processed_template, router_stack

BUCKET, TABLE, VPC = "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::EC2::VPC"
_RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})
_DELETABLE_WHILE_BUSY = ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS")
_ROUNDS = 3
"""Deletions that are tried: requests in flight can fill a bucket again, interfaces end late."""
_POLL_SECONDS = 5.0
_LONGEST_SECONDS = 90 * 60

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Inventory:
    """The resources that CloudFormation deletes, and those that it retains."""

    goes: tuple[Resource, ...]
    stays: tuple[Resource, ...]

    @property
    def buckets(self) -> tuple[Resource, ...]:
        """The buckets that must be empty before CloudFormation can delete them."""
        return _buckets(self.goes)


class DeletionFailedError(Exception):
    """CloudFormation gave up; `left` are the resources that it could not delete."""

    def __init__(self, left: tuple[Resource, ...]) -> None:
        super().__init__("; ".join(f"{each}: {each.reason}" for each in left))
        self.left = left


class Teardown:
    """The deletion of one stack and, apart from that, of what CloudFormation retained of it."""

    def __init__(
        self,
        client_for: Callable[[str], Any] = client,
        progress: Progress = lambda _: None,
        poll_seconds: float = _POLL_SECONDS,
    ) -> None:
        self._cloudformation = client_for("cloudformation")
        self._s3 = client_for("s3")
        self._dynamodb = client_for("dynamodb")
        self._progress = progress
        self._poll_seconds = poll_seconds

    def find(self, name: str) -> Stack | None:
        """The stack; None if it is deleted or never was."""
        return router_stack(self._cloudformation, name)

    def find_deleted(self, name: str) -> str | None:
        """The id of the last deleted stack of that name."""
        return deleted_stack_id(self._cloudformation, name)

    def inventory(self, stack: Stack) -> Inventory:
        """Divide the stack's resources by the deletion policies of its template."""
        if not stack.resources:
            return Inventory((), ())
        template = processed_template(self._cloudformation, stack)
        if template is None:
            # Without the policies a bucket of ledgers could be taken for one to empty.
            raise UnusableError(f"--stack {stack.name}: its processed template is not JSON")
        declared = template["Resources"]

        def is_retained(resource: Resource) -> bool:
            return declared.get(resource.logical_id, {}).get("DeletionPolicy") in _RETAINED

        return Inventory(
            goes=tuple(each for each in stack.resources if not is_retained(each)),
            stays=tuple(each for each in stack.resources if is_retained(each)),
        )

    def delete_stack(self, stack: Stack, buckets: Iterable[Resource]) -> None:
        """Empty the buckets and delete the stack; returns when it is gone.

        What blocks the deletion is removed and the deletion tried again; `DeletionFailedError`
        names what is left after that.
        """
        from botocore.exceptions import WaiterError

        waiter = self._cloudformation.get_waiter("stack_delete_complete")
        patience = {
            "Delay": self._poll_seconds,
            "MaxAttempts": int(_LONGEST_SECONDS / self._poll_seconds),
        }
        for attempt in range(_ROUNDS):
            for bucket in buckets:
                self._empty(bucket.physical_id)
            self._progress("CloudFormation deletes the stack")
            self._cloudformation.delete_stack(StackName=stack.id)
            try:
                waiter.wait(StackName=stack.id, WaiterConfig=patience)
            except WaiterError as error:
                failed = self._failed(stack)
                if not failed:
                    raise UnusableError(f"--stack {stack.name}: {error}") from error
                if attempt == _ROUNDS - 1:
                    raise DeletionFailedError(failed) from error
                self._progress(f"again, as this failed: {DeletionFailedError(failed)}")
                buckets = _buckets(failed)
            else:
                return

    def retained_data(self, stack_id: str) -> tuple[Resource, ...]:
        """The tables and buckets that the deletion of this stack left and that still exist."""
        pages = self._cloudformation.get_paginator("describe_stack_events").paginate(
            StackName=stack_id
        )
        skipped = {
            event["PhysicalResourceId"]: Resource(
                event["LogicalResourceId"],
                event["PhysicalResourceId"],
                event["ResourceType"],
                event["ResourceStatus"],
            )
            for page in pages
            for event in page["StackEvents"]
            if event.get("ResourceStatus") == "DELETE_SKIPPED"
        }
        return tuple(each for each in skipped.values() if self._exists(each))

    def delete_data(self, data: Iterable[Resource]) -> None:
        """Delete retained tables and buckets for good."""
        for each in data:
            self._progress(f"deleting {each}")
            if each.type == TABLE:
                self._dynamodb.delete_table(TableName=each.physical_id)
                self._dynamodb.get_waiter("table_not_exists").wait(
                    TableName=each.physical_id,
                    WaiterConfig={"Delay": self._poll_seconds, "MaxAttempts": 100},
                )
            elif each.type == BUCKET:
                self._empty(each.physical_id)
                self._s3.delete_bucket(Bucket=each.physical_id)

    def _failed(self, stack: Stack) -> tuple[Resource, ...]:
        now = router_stack(self._cloudformation, stack.id)
        if now is None or now.status != "DELETE_FAILED":
            return ()
        return tuple(each for each in now.resources if each.status == "DELETE_FAILED")

    def _empty(self, bucket: str) -> None:
        """Delete all objects of a bucket, with their versions; nothing if there is no bucket."""
        self._progress(f"emptying the bucket {bucket}")
        for objects in self._versions(bucket):
            done = self._s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
            if refused := done.get("Errors"):
                first = refused[0]
                raise UnusableError(
                    f"bucket {bucket}: {len(refused)} objects cannot be deleted, such as "
                    f"{first.get('Key')}: {first.get('Code')}: {first.get('Message')}"
                )

    def _versions(self, bucket: str) -> Iterator[list[dict[str, str]]]:
        """The bucket's objects in pages of at most 1,000, as DeleteObjects takes them."""
        from botocore.exceptions import ClientError

        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        try:
            for page in pages:
                objects = [
                    {"Key": each["Key"], "VersionId": each["VersionId"]}
                    for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
                ]
                if objects:
                    yield objects
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise

    def _exists(self, resource: Resource) -> bool:
        from botocore.exceptions import ClientError

        try:
            if resource.type == TABLE:
                self._dynamodb.describe_table(TableName=resource.physical_id)
            elif resource.type == BUCKET:
                self._s3.head_bucket(Bucket=resource.physical_id)
            else:
                return False
        except ClientError as error:
            # HEAD has no body, so its code is the status.
            if error.response["Error"]["Code"] in ("ResourceNotFoundException", "404"):
                return False
            raise
        return True


def _buckets(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The buckets that exist: one whose creation failed has no id."""
    return tuple(each for each in resources if each.type == BUCKET and each.physical_id)


def teardown(
    *,
    stack: StackName,
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Delete API keys, ledgers and labels too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json_out: JsonOut = None,
) -> None:
    """Delete a stack; its API keys and ledgers stay unless --delete-data is given.

    Shows first what goes and what stays, and asks. Run it again after an interruption, after a
    failed deletion, or with --delete-data for what an earlier deletion left.
    """
    out = Output(json_out)
    writable(out.path)
    steps = people(stderr=True)
    work = Teardown(progress=lambda step: steps.print(step, markup=False, soft_wrap=True))
    found = work.find(stack)
    if found is None:
        _delete_leftovers(work, out, stack, delete_data=delete_data, yes=yes)
        return
    _require_deletable(found)
    inventory = work.inventory(found)
    left_before = work.retained_data(found.id)
    _show(out, found, inventory, left_before, delete_data=delete_data)
    _confirm(out, f"Delete the stack {found.name}?", yes=yes)
    if any(each.type == VPC for each in inventory.goes):
        out.note("The network interfaces of functions in the VPC can take 20 to 45 minutes.")
    try:
        with steps.status("deleting; it goes on in AWS if this is interrupted"):
            work.delete_stack(found, inventory.buckets)
    except DeletionFailedError as error:
        complain(f"--stack {found.name}: could not be deleted: {error}; run this again")
        out.json({"stack": found.name, "deleted": False, "left": _named(error.left)})
        raise typer.Exit(SOMETHING_IS_LEFT) from error
    data = work.retained_data(found.id)
    if delete_data:
        work.delete_data(data)
    _report(out, found.name, data, deleted_data=delete_data)


def _delete_leftovers(
    work: Teardown, out: Output, name: str, *, delete_data: bool, yes: bool
) -> None:
    """Report, or delete, what the last deletion of a stack of that name left."""
    stack_id = work.find_deleted(name)
    if stack_id is None:
        raise unusable("--stack", f"there is no stack {name} in this account and region")
    data = work.retained_data(stack_id)
    if data and delete_data:
        out.show(_table("is deleted", data))
        _confirm(out, f"The stack {name} is gone. Delete its data?", yes=yes)
        work.delete_data(data)
    _report(out, name, data, deleted_data=delete_data)


def _require_deletable(stack: Stack) -> None:
    if stack.protected:
        raise unusable(
            "--stack",
            f"{stack.name} is protected: aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {stack.name}",
        )
    if stack.status.endswith("_IN_PROGRESS") and stack.status not in _DELETABLE_WHILE_BUSY:
        raise unusable("--stack", f"{stack.name} is {stack.status}: wait until that has ended")


def _show(
    out: Output,
    stack: Stack,
    inventory: Inventory,
    left_before: tuple[Resource, ...],
    *,
    delete_data: bool,
) -> None:
    """Show what goes and what stays; `left_before` was retained by earlier updates."""
    out.say(f"{stack.name} is {stack.status}")
    for each in stack.resources:
        if each.status == "DELETE_FAILED":
            out.say(f"could not be deleted before: {each}: {each.reason}")
    kinds = Counter(each.type for each in inventory.goes)
    rows = ((kind, str(number)) for kind, number in sorted(kinds.items()))
    out.show(table_of(("is deleted", "number"), rows))
    if inventory.buckets:
        out.say("emptied first: " + ", ".join(each.physical_id for each in inventory.buckets))
    if data := (*inventory.stays, *left_before):
        out.show(_table("is deleted for good" if delete_data else "stays", data))


def _confirm(out: Output, question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise unusable("--yes", "is needed where nobody can be asked")
    if not typer.confirm(question, err=True):
        out.note("nothing was deleted")
        raise typer.Exit(NOTHING)


def _report(out: Output, name: str, data: tuple[Resource, ...], *, deleted_data: bool) -> None:
    out.say(f"the stack {name} is deleted")
    if data and deleted_data:
        out.say("deleted too: " + ", ".join(map(str, data)))
    elif data:
        out.show(_table("stays", data))
        out.say("llm-router teardown --delete-data deletes this too")
    out.json(
        {
            "stack": name,
            "deleted": True,
            "data_deleted": _named(data if deleted_data else ()),
            "data_kept": _named(() if deleted_data else data),
        }
    )


def _table(title: str, resources: Iterable[Resource]) -> Any:
    return table_of(
        (title, "name", "type"),
        ((each.logical_id, each.physical_id, each.type) for each in resources),
        whole=2,
    )


def _named(resources: Iterable[Resource]) -> list[dict[str, str]]:
    return [
        {
            "logical_id": each.logical_id,
            "name": each.physical_id,
            "type": each.type,
            "reason": each.reason,
        }
        for each in resources
    ]
