"""A second stack beside the first: its updates take effect, fail and go without a trace."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from local.deployment import Deployment
from local.settings import LocalStackError
from local.stack import LocalStack
from operations.keys import create_key

Json = dict[str, Any]
NAME = "second"
RETAINED = {"KeyTable", "LedgerBucket", "PolicyCopyBucket"}


class Second:
    """A stack of another name in the same region, deployed with the given parameters."""

    def __init__(self, first: LocalStack) -> None:
        self._settings = replace(first.settings, stack_name=NAME)
        self.outputs: dict[str, str] = {}
        self.key = ""
        self._set: dict[str, str] = {}

    def deploy(
        self, adapt: Callable[[Json], Json] = lambda template: template, **changed: str
    ) -> None:
        """Deploy with the parameters so far and the changed ones."""
        wanted = {**self._set, **changed}
        deployment = _Adapted(replace(self._settings, parameters=wanted))
        deployment.adapt = adapt
        self.outputs = deployment.deploy()
        self._set = wanted
        if not self.key:
            keys = DynamoDbKeys(self.client("dynamodb"), self.outputs["KeyTableName"])
            self.key, _ = create_key(keys, "second", "standard")

    def client(self, service: str) -> Any:
        return Deployment(self._settings).client(service)

    def get(self, path: str) -> Json:
        """What its API answers."""
        base = f"{self._settings.emulator_url}/restapis/{self.outputs['ApiId']}"
        reply = httpx.get(
            f"{base}/live/_user_request_/v1{path}",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=60,
        )
        assert reply.status_code == 200, reply.text
        told: Json = reply.json()
        return told

    def resources(self) -> dict[str, str]:
        """The physical ids of its resources."""
        listed = self.client("cloudformation").describe_stack_resources(StackName=NAME)
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in listed["StackResources"]}

    def function(self, version: str) -> Json:
        """The configuration of a version or alias of `route`."""
        found: Json = self.client("lambda").get_function_configuration(
            FunctionName=self.resources()["RouteFunction"], Qualifier=version
        )
        return found

    def versions(self) -> list[str]:
        """The published versions of `route`."""
        listed = self.client("lambda").list_versions_by_function(
            FunctionName=self.resources()["RouteFunction"]
        )
        return [v["Version"] for v in listed["Versions"] if v["Version"] != "$LATEST"]


class _Adapted(Deployment):
    """Deploys a template that a test has changed."""

    adapt: Callable[[Json], Json] = staticmethod(lambda template: template)

    def emulated(self, template: Json) -> Json:
        return self.adapt(super().emulated(template))


@pytest.fixture(scope="module")
def second(stack: LocalStack) -> Iterator[Second]:
    made = Second(stack)
    made.deploy()
    yield made
    made.client("cloudformation").delete_stack(StackName=NAME)


def test_a_second_stack_shares_no_name_with_the_first(stack: LocalStack, second: Second) -> None:
    first = Deployment(stack.settings)
    assert not set(first.outputs().values()) & set(second.outputs.values())
    assert second.function("live")["Environment"]["Variables"]["STACK_NAME"] == NAME
    alarms = second.client("cloudwatch").describe_alarms()["MetricAlarms"]
    watched = {
        dimension["Value"]
        for alarm in alarms
        for dimension in alarm["Dimensions"]
        if alarm["AlarmName"].startswith(f"{NAME}-") and dimension["Name"] == "service"
    }
    assert watched == {NAME}
    assert second.get("/health")["cache"] == "up"


def test_changed_parameters_reach_the_functions_that_callers_reach(second: Second) -> None:
    before = second.function("live")["Version"]
    second.deploy(EnabledProviders="mock-openai", RequestTimeout="60", LogLevel="DEBUG")
    live = second.function("live")
    assert live["Version"] != before
    assert (live["Timeout"], live["Environment"]["Variables"]["LOG_LEVEL"]) == (59, "DEBUG")
    assert second.versions() == [live["Version"]]
    listed = [
        m for m in second.get("/models")["data"] if "input_usd_per_mtok" in m.get("router", {})
    ]
    assert listed
    assert all(model["owned_by"] == "mock-openai" for model in listed)


def test_a_stack_without_a_cache_any_more_goes_on_answering(second: Second) -> None:
    second.deploy(CacheMode="none")
    assert second.get("/health")["cache"] == "off"
    assert second.function("live")["Environment"]["Variables"]["CACHE_HOST"] == ""
    assert not {"Vpc", "SubnetA", "RouteSecurityGroup", "Cache"} & set(second.resources())
    assert second.versions() == [second.function("live")["Version"]]


def test_a_failed_update_leaves_nothing_behind(second: Second) -> None:
    before, live = second.resources(), second.function("live")

    def failing(template: Json) -> Json:
        wait = {"Handle": {"Ref": "Handle"}, "Timeout": "1", "Count": 1}
        template["Resources"] |= {
            "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "NeverReady": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "DependsOn": ["RouteFunctionAliaslive"],
                "Properties": wait,
            },
        }
        return template

    with pytest.raises(LocalStackError, match="UPDATE_ROLLBACK_COMPLETE"):
        second.deploy(failing, LogLevel="ERROR")
    assert second.resources() == before
    after = second.function("live")
    assert after["Environment"] == live["Environment"]
    assert second.versions() == [after["Version"]]
    assert second.get("/health")["cache"] == "off"


def test_what_cannot_be_made_again_outlives_the_stack(second: Second) -> None:
    made = second.resources()
    formation = second.client("cloudformation")
    formation.delete_stack(StackName=NAME)
    formation.get_waiter("stack_delete_complete").wait(StackName=NAME)
    second.client("dynamodb").describe_table(TableName=made["KeyTable"])
    buckets = {b["Name"] for b in second.client("s3").list_buckets()["Buckets"]}
    assert {made[name] for name in RETAINED - {"KeyTable"}} <= buckets
    assert made["PayloadBucket"] not in buckets
