"""Promises of the template that no linter knows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from llm_router.adapters.aws import emf_metrics
from llm_router.bootstrap import CLAIM_GRACE_SECONDS

from .conftest import Template

NETWORK = ("AWS::EC2::", "AWS::ElastiCache::")
WITHOUT_RESOURCE = {
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:DescribeSubnets",
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
}  # fmt: skip
"""Actions for which IAM knows no resource."""


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role["Policies"]:
        yield from unconditional(policy["PolicyDocument"])


def unconditional(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for statement in document["Statement"]:
        yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def test_without_a_cache_there_is_no_network_to_pay_for(
    resources_with: Callable[..., dict[str, Any]],
) -> None:
    def network(mode: str) -> set[str]:
        resources = resources_with(CacheMode=mode)
        return {name for name, r in resources.items() if r["Type"].startswith(NETWORK)}

    assert network("none") == set()
    assert network("existing") == {"StepFunctionsEndpoint", "S3Endpoint"}
    assert {"Vpc", "Cache", "CacheUser", "StepFunctionsEndpoint"} <= network("create")


def test_there_is_no_way_to_the_internet(template: Template) -> None:
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert not kinds & {
        "AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::Route", "AWS::EC2::EIP",
    }  # fmt: skip
    functions = of_type(template["Resources"], "AWS::Serverless::Function")
    assert {name for name, f in functions.items() if "VpcConfig" in f} == {"RouteFunction"}


def test_each_function_has_a_role_of_its_own(template: Template) -> None:
    functions = of_type(template["Resources"], "AWS::Serverless::Function")
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]
    assert len(set(roles)) == len(roles) == 4


def test_no_role_reaches_further_than_named_resources(template: Template) -> None:
    for name, role in of_type(template["Resources"], "AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role, name
        for statement in statements(role):
            actions = statement["Action"]
            actions = {actions} if isinstance(actions, str) else set(actions)
            assert not any("*" in action for action in actions), (name, actions)
            if statement["Resource"] == "*":
                assert actions <= WITHOUT_RESOURCE, (name, actions)


def test_the_two_zones_stay_apart(template: Template) -> None:
    roles = of_type(template["Resources"], "AWS::IAM::Role")

    def services(role: str) -> set[str]:
        actions = [s["Action"] for s in statements(roles[role])]
        flat = [a for each in actions for a in ([each] if isinstance(each, str) else each)]
        return {action.split(":")[0] for action in flat}

    assert services("InvokeModelRole") == {"secretsmanager", "s3", "logs"}
    assert "secretsmanager" not in services("RouteRole")
    assert services("AuthorizeRole") == {"dynamodb", "logs"}


def test_endpoints_let_only_our_own_resources_through(template: Template) -> None:
    for name, endpoint in of_type(template["Resources"], "AWS::EC2::VPCEndpoint").items():
        for statement in unconditional(endpoint["PolicyDocument"]):
            assert statement["Resource"] != "*", name
            assert "*" not in str(statement["Action"]), name


def test_a_claim_outlives_the_function_that_made_it(template: Template) -> None:
    for row in template["Mappings"]["Timeouts"].values():
        assert row["RouteSeconds"] < int(row["ClientReadSeconds"]) + CLAIM_GRACE_SECONDS


def test_timeouts_nest_for_every_choice(template: Template, machine: Template) -> None:
    rows = template["Mappings"]["Timeouts"]
    assert set(rows) == set(template["Parameters"]["RequestTimeout"]["AllowedValues"])
    functions = of_type(template["Resources"], "AWS::Serverless::Function")
    backstop = machine["TimeoutSeconds"]
    for choice, row in rows.items():
        deadline = int(row["DeadlineMs"]) / 1000
        client = int(row["ClientReadSeconds"])
        api = row["ApiMs"] / 1000
        assert deadline < client < row["RouteSeconds"] < api == int(choice)
        assert deadline < backstop
        assert deadline < functions["InvokeModelFunction"]["Timeout"]
    tasks = [state for state in machine["States"].values() if state["Type"] == "Task"]
    assert all(task["TimeoutSeconds"] <= backstop for task in tasks)


def test_the_alarms_metric_is_the_one_that_is_emitted(template: Template) -> None:
    alarm = template["Resources"]["FallbackRateAlarm"]["Properties"]
    assert alarm["Namespace"] == emf_metrics.NAMESPACE
    assert alarm["MetricName"] == "FellBack"
    assert alarm["Dimensions"] == [{"Name": "service", "Value": emf_metrics.SERVICE}]
    assert alarm["Statistic"] == "Average"
    assert alarm["DatapointsToAlarm"] > 1


def test_every_log_is_kept_for_a_stated_time_and_holds_no_data(template: Template) -> None:
    resources = template["Resources"]
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionDays"} for group in groups.values())
    functions = of_type(resources, "AWS::Serverless::Function")
    used = {function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions.values()}
    assert used | {"CascadeLogs"} == set(groups)
    assert (
        resources["CascadeStateMachine"]["Properties"]["Logging"]["IncludeExecutionData"] is False
    )


@pytest.mark.parametrize("kind", ["ACCESS_DENIED", "UNAUTHORIZED", "THROTTLED", "DEFAULT_5XX"])
def test_gateway_responses_speak_both_dialects(template: Template, kind: str) -> None:
    import json

    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    body = json.loads(responses[kind]["ResponseTemplates"]["application/json"])
    assert body["type"] == "error"
    assert set(body["error"]) == {"type", "message", "code", "param"}


def test_every_parameter_says_what_it_is_for(template: Template) -> None:
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        assert "Default" in parameter, name
