"""`llm-router teardown` against a real CloudFormation of the emulator, without the router in it."""

import json
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
from botocore.exceptions import WaiterError
from typer.testing import CliRunner, Result

from local import processes, services
from local.deployment import Deployment
from local.settings import LOOPBACK, StackSettings, free_ports
from operations.cli import app
from operations.stack import Stack
from operations.teardown import DeletionFailedError, Progress, Teardown

pytestmark = pytest.mark.slow
Json = dict[str, Any]
RETAINED = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
PARAMETERS = {
    "EnabledProviders": {"Type": "String", "Default": "a"},
    "CacheMode": {"Type": "String", "Default": "none"},
    "Versioned": {"Type": "String", "Default": "Suspended"},
    "KeepsLedgers": {"Type": "String", "Default": "true"},
}
TABLE = {
    "Type": "AWS::DynamoDB::Table",
    **RETAINED,
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "key_hash", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "key_hash", "KeyType": "HASH"}],
    },
}
TEMPLATE: Json = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": PARAMETERS,
    "Conditions": {"KeepsLedgers": {"Fn::Equals": [{"Ref": "KeepsLedgers"}, "true"]}},
    "Resources": {
        "PayloadBucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": {"Ref": "Versioned"}}},
        },
        "LedgerBucket": {"Type": "AWS::S3::Bucket", "Condition": "KeepsLedgers", **RETAINED},
        "KeyTable": TABLE,
        "AlarmTopic": {"Type": "AWS::SNS::Topic"},
    },
}


STRICT = """
import runpy
from ministack.services import s3
from ministack.services.cloudformation import provisioners

def delete_bucket(name, _properties):
    # The emulator's CloudFormation also deletes buckets that are not empty.
    status, *_ = s3._delete_bucket(name)
    if status not in (204, 404):
        raise ValueError("The bucket is not empty")

provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"] = delete_bucket
runpy.run_module("ministack", run_name="__main__", alter_sys=True)
"""


def answers(settings: StackSettings) -> bool:
    try:
        return httpx.get(f"{settings.emulator_url}/_ministack/health").status_code == 200
    except httpx.TransportError:
        return False


class Aws:
    """Cached clients for an emulator."""

    def __init__(self, settings: StackSettings) -> None:
        self.client = cache(Deployment(settings).client)

    def teardown(self, progress: Progress = lambda _: None) -> Teardown:
        return Teardown(self.client, progress, poll_seconds=0.1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackSettings]:
    settings = StackSettings(state_dir=tmp_path_factory.mktemp("emulator"), ports=free_ports())
    environment = services.base_environment() | {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(settings.ports["emulator"]),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent.sock",
        "TMPDIR": str(settings.state_dir),
    }
    log = settings.state_dir / "emulator.log"
    command = [sys.executable, "-c", STRICT]
    identity = processes.start("The emulator", command, environment, log, settings.state_dir)
    try:
        processes.wait_until(lambda: answers(settings), "It", identity, log, 60)
        yield settings
    finally:
        processes.stop(identity)


@pytest.fixture(scope="module")
def clients(settings: StackSettings) -> Aws:
    return Aws(settings)


@pytest.fixture
def aws(clients: Aws, settings: StackSettings, monkeypatch: pytest.MonkeyPatch) -> Aws:
    for name, value in services.aws_environment(settings).items():
        monkeypatch.setenv(name, value)
    return clients


def create(aws: Aws, name: str, template: Json = TEMPLATE, **parameters: str) -> Stack:
    formation = aws.client("cloudformation")
    formation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    formation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    stack = aws.teardown().find(name)
    assert stack is not None
    return stack


def fill(aws: Aws, stack: Stack, logical_id: str, objects: int) -> str:
    bucket = stack.physical_id(logical_id)
    assert bucket
    s3 = aws.client("s3")
    for number in range(objects):
        s3.put_object(Bucket=bucket, Key=f"payloads/{number}", Body=b"x")
    return bucket


def take_down(*words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, ["teardown", *words], input=answer)


def names(aws: Aws) -> set[str]:
    """The tables and buckets that there are."""
    tables = aws.client("dynamodb").list_tables()["TableNames"]
    return {*tables, *(each["Name"] for each in aws.client("s3").list_buckets()["Buckets"])}


@pytest.mark.parametrize("versioned", ["Suspended", "Enabled"])
def test_buckets_are_emptied_over_pages_and_data_stays(aws: Aws, versioned: str) -> None:
    stack = create(aws, f"pages-{versioned.lower()}", Versioned=versioned)
    payloads = fill(aws, stack, "PayloadBucket", 1001 if versioned == "Enabled" else 3)
    aws.client("s3").delete_object(Bucket=payloads, Key="payloads/0")
    ledgers = fill(aws, stack, "LedgerBucket", 2)
    inventory = aws.teardown().inventory(stack)
    assert [each.physical_id for each in inventory.buckets] == [payloads]
    assert {each.logical_id for each in inventory.stays} == {"LedgerBucket", "KeyTable"}
    aws.teardown().delete_stack(stack, inventory.buckets)
    assert aws.teardown().find(stack.name) is None
    data = aws.teardown().retained_data(stack.id)
    assert {each.logical_id for each in data} == {"LedgerBucket", "KeyTable"}
    assert payloads not in names(aws)
    assert {each.physical_id for each in data} <= names(aws)
    assert aws.client("s3").list_objects_v2(Bucket=ledgers)["KeyCount"] == 2


def test_the_command_deletes_data_only_if_asked_and_can_be_run_again(aws: Aws) -> None:
    stack = create(aws, "asked")
    ledgers = fill(aws, stack, "LedgerBucket", 2)
    table = str(stack.physical_id("KeyTable"))
    kept = take_down("--stack", "asked", "--yes", "--json")
    assert kept.exit_code == 0, kept.output
    told = json.loads(kept.stdout)
    assert told["deleted"]
    assert {each["name"] for each in told["data_kept"]} == {ledgers, table}
    again = take_down("--stack", "asked", "--yes")
    assert again.exit_code == 0
    assert ledgers in again.stdout
    assert {ledgers, table} <= names(aws)
    for _ in range(2):
        assert take_down("--stack", "asked", "--delete-data", "--yes").exit_code == 0
        assert not {ledgers, table} & names(aws)


def test_data_that_an_update_left_is_named_and_deleted_too(aws: Aws) -> None:
    stack = create(aws, "updated")
    ledgers = fill(aws, stack, "LedgerBucket", 1)
    formation = aws.client("cloudformation")
    formation.update_stack(
        StackName="updated",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "KeepsLedgers", "ParameterValue": "false"}],
    )
    formation.get_waiter("stack_update_complete").wait(
        StackName="updated", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    assert ledgers in names(aws)
    refused = take_down("--stack", "updated", "--delete-data")
    assert ledgers in refused.stdout
    assert take_down("--stack", "updated", "--delete-data", "--yes").exit_code == 0
    assert ledgers not in names(aws)


def test_resources_whose_condition_is_false_are_no_obstacle(aws: Aws) -> None:
    stack = create(aws, "unconditional", KeepsLedgers="false")
    table = stack.physical_id("KeyTable")
    done = take_down("--stack", "unconditional", "--delete-data", "--yes")
    assert done.exit_code == 0, done.output
    assert "LedgerBucket" not in done.stdout
    assert table not in names(aws)


def test_a_failed_deletion_is_taken_up_again(aws: Aws) -> None:
    stack = create(aws, "failed")
    fill(aws, stack, "PayloadBucket", 1)
    formation = aws.client("cloudformation")
    formation.delete_stack(StackName=stack.name)
    with pytest.raises(WaiterError, match="DELETE_FAILED"):
        formation.get_waiter("stack_delete_complete").wait(
            StackName=stack.id, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
    done = take_down("--stack", "failed", "--yes")
    assert done.exit_code == 0, done.output
    assert "could not be deleted before: PayloadBucket" in done.stdout
    assert "not empty" in done.stdout
    assert aws.teardown().find("failed") is None


def test_a_bucket_that_fills_again_is_emptied_again(aws: Aws) -> None:
    stack = create(aws, "refilled")
    bucket = fill(aws, stack, "PayloadBucket", 1)
    steps = list[str]()

    def refill(step: str) -> None:
        """A request in flight stores its answer after the bucket was emptied."""
        if step.startswith("CloudFormation") and step not in steps:
            aws.client("s3").put_object(Bucket=bucket, Key="payloads/late", Body=b"x")
        steps.append(step)

    aws.teardown(refill).delete_stack(stack, aws.teardown().inventory(stack).buckets)
    assert aws.teardown().find("refilled") is None
    assert any(step.startswith("again") and "PayloadBucket" in step for step in steps)


def test_what_cannot_be_deleted_is_named_with_its_reason(aws: Aws) -> None:
    stack = create(aws, "stubborn")
    bucket = fill(aws, stack, "PayloadBucket", 1)

    def refill(step: str) -> None:
        if step.startswith("CloudFormation"):
            aws.client("s3").put_object(Bucket=bucket, Key="payloads/late", Body=b"x")

    stubborn = aws.teardown(refill)
    with pytest.raises(DeletionFailedError, match=rf"PayloadBucket \({bucket}\): .*not empty"):
        stubborn.delete_stack(stack, ())
    aws.teardown().delete_stack(stack, aws.teardown().inventory(stack).buckets)


def test_a_stack_that_was_rolled_back_goes_too(aws: Aws) -> None:
    broken = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "Role": "arn:aws:iam::000000000000:role/none",
            "Code": {"ZipFile": "x"},
            "Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:none:1"],
        },
    }
    formation = aws.client("cloudformation")
    formation.create_stack(
        StackName="rolled-back",
        TemplateBody=json.dumps(
            TEMPLATE | {"Resources": TEMPLATE["Resources"] | {"Broken": broken}}
        ),
    )
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        formation.get_waiter("stack_create_complete").wait(
            StackName="rolled-back", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
    done = take_down("--stack", "rolled-back", "--yes")
    assert done.exit_code == 0, done.output
    assert "ROLLBACK_COMPLETE" in done.stdout
    assert aws.teardown().find("rolled-back") is None


def test_other_stacks_are_refused_and_left_alone(aws: Aws) -> None:
    other = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}
    formation = aws.client("cloudformation")
    formation.create_stack(StackName="other", TemplateBody=json.dumps(other))
    protected = create(aws, "protected")
    formation.update_termination_protection(StackName="protected", EnableTerminationProtection=True)
    bucket = fill(aws, protected, "PayloadBucket", 1)
    for name, told in (
        ("other", "--stack other: is not a stack of llm-router"),
        ("protected", "protected is protected"),
        ("nowhere", "there is no stack nowhere"),
    ):
        refused = take_down("--stack", name, "--yes")
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert told in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert aws.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert formation.describe_stacks(StackName="other")["Stacks"]


def test_nothing_is_deleted_without_a_yes(aws: Aws) -> None:
    stack = create(aws, "unsure")
    refused = take_down("--stack", "unsure")
    assert refused.exit_code == 2
    assert "'--yes'" in refused.stderr
    assert aws.teardown().find("unsure") == stack


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("\n", 1), ("y\n", 0)])
def test_a_person_is_asked(
    aws: Aws, answer: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"person-{code}-{len(answer)}"
    create(aws, name)
    runner = CliRunner()
    with runner.isolation(input=answer):
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        with pytest.raises(SystemExit) as ended:
            app(["teardown", "--stack", name])
    assert ended.value.code == code
    assert (aws.teardown().find(name) is None) is (code == 0)
