"""Promises of the template that no linter knows."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from llm_router.adapters.aws import emf_metrics
from llm_router.bootstrap import CLAIM_GRACE_SECONDS
from llm_router.wire.shared import cors
from tests.support.cloudformation import (
    PSEUDO_PARAMETERS,
    REGION,
    STACK,
    RefusedError,
    Stack,
    created,
    source_template,
    transformed,
)
from tests.support.parameter_values import EXISTING

from .conftest import ROOT, Template

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


ANOTHERS_VPC = {
    **EXISTING,
    "CacheMode": "existing",
    "ExistingSubnetIds": "subnet-0a1b2c3d,subnet-1a2b3c4d",
}


def network_of(**parameters: str) -> set[str]:
    resources = created(**parameters).resources
    return {name for name, r in resources.items() if r["Type"].startswith(NETWORK)}


def test_without_a_cache_there_is_no_network_to_pay_for() -> None:
    assert network_of(CacheMode="none") == set()
    assert {"Vpc", "Cache", "CacheUser", "StepFunctionsEndpoint"} <= network_of(CacheMode="create")


def test_another_vpc_gets_nothing_but_a_group_for_the_function() -> None:
    assert network_of(**ANOTHERS_VPC) == {"RouteSecurityGroup"}
    opened = {"ExistingCacheSecurityGroupId": "sg-0a1b2c3d"}
    assert network_of(**ANOTHERS_VPC, **opened) == {"RouteSecurityGroup", "ExistingCacheIngress"}


def test_endpoints_in_another_vpc_are_asked_for_and_change_nothing_for_others() -> None:
    stack = created(**ANOTHERS_VPC, CreateEndpoints="true", ExistingRouteTableIds="rtb-0a1b2c3d")
    endpoints = stack.of_type("AWS::EC2::VPCEndpoint")
    assert set(endpoints) == {"StepFunctionsEndpoint", "S3Endpoint"}
    ours = endpoints["StepFunctionsEndpoint"]
    # A private name would lead the whole VPC to it, and two subnets of one zone are refused.
    assert ours["PrivateDnsEnabled"] is False
    assert ours["SubnetIds"] == ["subnet-0a1b2c3d"]
    assert "PolicyDocument" not in endpoints["S3Endpoint"]
    variables = stack.resources["RouteFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["STEP_FUNCTIONS_URL"].startswith("https://")
    for given, made in (
        ({"CreateEndpoints": "true"}, "StepFunctionsEndpoint"),
        ({"ExistingRouteTableIds": "rtb-0a1b2c3d"}, "S3Endpoint"),
    ):
        assert set(created(**ANOTHERS_VPC, **given).of_type("AWS::EC2::VPCEndpoint")) == {made}


def test_the_function_moves_into_a_vpc_after_its_endpoint_and_can_leave_it_again() -> None:
    """Lambda detaches with the function's role, some time after the VPC is gone from the stack."""
    order = created(CacheMode="create").creation_order()
    for needed in ("StepFunctionsEndpoint", "EndpointIngress"):
        assert order.index(needed) < order.index("RouteFunction")
    role = created(CacheMode="none").resources["RouteRole"]["Properties"]
    granted = {a for s in statements(role) for a in s["Action"] if not isinstance(s["Action"], str)}
    assert {"ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"} <= granted


def test_a_replaced_group_is_let_in_before_the_old_one_is_shut_out() -> None:
    """A rule inside its group is exchanged at once, one by itself only when nothing uses it."""
    for parameters in ({"CacheMode": "create"}, {**ANOTHERS_VPC, "CreateEndpoints": "true"}):
        groups = created(**parameters).of_type("AWS::EC2::SecurityGroup")
        assert groups
        assert not [name for name, group in groups.items() if "SecurityGroupIngress" in group]


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


def test_endpoints_let_only_our_own_resources_through() -> None:
    stack = created(PolicyOverride="s3://team/policy.toml", ShadowChecks="on")
    for name, endpoint in stack.of_type("AWS::EC2::VPCEndpoint").items():
        for statement in endpoint["PolicyDocument"]["Statement"]:
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


def test_the_routers_alarms_watch_its_own_stack_and_metrics_that_are_emitted() -> None:
    alarms = created().of_type("AWS::CloudWatch::Alarm")
    ours = {n: a for n, a in alarms.items() if a["Namespace"] == emf_metrics.NAMESPACE}
    assert {n: a["MetricName"] for n, a in ours.items()} == {
        "FallbackRateAlarm": "FellBack",
        "ExhaustedAlarm": "Exhausted",
    }
    for alarm in ours.values():
        assert alarm["Dimensions"] == [{"Name": "service", "Value": STACK}]
        # One request is a rate of 100 %.
        assert (alarm["Statistic"], alarm["DatapointsToAlarm"] > 1) == ("Average", True)


def test_throttles_and_failures_of_the_api_are_watched() -> None:
    alarms = created().of_type("AWS::CloudWatch::Alarm").values()
    watched = {(a["MetricName"], str(a["Dimensions"][0]["Value"])) for a in alarms}
    functions = {f"{STACK}-RouteFunction", f"{STACK}-InvokeModelFunction"}
    assert {("Throttles", name) for name in functions} <= watched
    api = created().resources["Api"]["Properties"]["Body"]["info"]["title"]
    assert ("5XXError", api) in watched
    assert all(a["AlarmActions"] == a["OKActions"] for a in alarms)


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


@pytest.mark.parametrize(
    "kind",
    [
        "ACCESS_DENIED",
        "UNAUTHORIZED",
        "THROTTLED",
        "AUTHORIZER_FAILURE",
        "DEFAULT_5XX",
        "MISSING_AUTHENTICATION_TOKEN",
        "REQUEST_TOO_LARGE",
    ],
)
def test_gateway_responses_speak_both_dialects(template: Template, kind: str) -> None:
    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    body = json.loads(responses[kind]["ResponseTemplates"]["application/json"])
    assert body["type"] == "error"
    assert set(body["error"]) == {"type", "message", "code", "param"}


def gateway_headers(**parameters: str) -> dict[str, dict[str, str]]:
    """The headers of each reply that API Gateway gives by itself."""
    body = created(**parameters).resources["Api"]["Properties"]["Body"]
    return {
        kind: {
            name.removeprefix("gatewayresponse.header.").lower(): value.strip("'")
            for name, value in response.get("responseParameters", {}).items()
        }
        for kind, response in body["x-amazon-apigateway-gateway-responses"].items()
    }


def test_clients_repeat_only_what_cannot_have_been_paid_for(template: Template) -> None:
    told = {kind: headers for kind, headers in gateway_headers().items() if headers}
    not_checked = ("AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR")
    assert told == {
        **{key: {"x-should-retry": "false"} for key in ["DEFAULT_5XX", "INTEGRATION_TIMEOUT"]},
        **{key: {"retry-after": "1"} for key in not_checked},
    }
    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    assert {responses[kind]["StatusCode"] for kind in not_checked} == {"503"}


@pytest.mark.parametrize("origins", ["*", "https://app.example.com,http://localhost:3000"])
def test_browsers_show_the_gateways_own_errors_to_pages_that_may_call(origins: str) -> None:
    for kind, headers in gateway_headers(CorsOrigins=origins).items():
        assert headers["access-control-allow-origin"] == "*", kind
        named = headers.keys() - {"access-control-allow-origin", "access-control-expose-headers"}
        assert not named or headers["access-control-expose-headers"] == "*", kind


def test_the_function_learns_the_origins_from_the_stage_which_cannot_hold_an_asterisk() -> None:
    def variables(**parameters: str) -> dict[str, str]:
        stage = created(**parameters).of_type("AWS::ApiGateway::Stage")["ApiliveStage"]
        held: dict[str, str] = stage["Variables"]
        return held

    named = "https://app.example.com,http://localhost:3000"
    assert variables() == {}
    assert variables(CorsOrigins=named) == {cors.STAGE_VARIABLE: named}
    assert variables(CorsOrigins="*") == {cors.STAGE_VARIABLE: cors.ANY}
    longest = "https://" + "a" * 492
    for value in (*variables(CorsOrigins=longest).values(), cors.ANY, named):
        assert re.fullmatch(r"[A-Za-z0-9-._~:/?#&=,]{1,512}", value)


@pytest.mark.parametrize(
    "origins",
    ["https://app.example.com/", "app.example.com", "https://*.example.com", "https://a.b, https://c.d",
     "https://a.b,*", "null"],
)  # fmt: skip
def test_what_is_no_origin_is_refused_before_anything_is_created(origins: str) -> None:
    with pytest.raises(RefusedError):
        created(CorsOrigins=origins)


def test_every_endpoint_that_needs_a_key_answers_a_browsers_question_without_one() -> None:
    paths = created().resources["Api"]["Properties"]["Body"]["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            if operation["security"] != [{"NONE": []}]:
                assert methods["options"]["security"] == [{"NONE": []}], (path, method)


def test_the_authorizer_is_called_by_its_alias() -> None:
    stack = created()
    alias = stack.template["Resources"]["AuthorizeFunctionAliaslive"]
    assert alias["Type"] == "AWS::Lambda::Alias"
    schemes = stack.resources["Api"]["Properties"]["Body"]["components"]["securitySchemes"]
    uri = schemes["KeyAuthorizer"]["x-amazon-apigateway-authorizer"]["authorizerUri"]
    assert "AuthorizeFunctionAliaslive" in uri


def test_the_api_accepts_as_many_requests_as_the_parameters_say() -> None:
    stage = created(ThrottleRate="7", ThrottleBurst="9").of_type("AWS::ApiGateway::Stage")
    (settings,) = stage["ApiliveStage"]["MethodSettings"]
    limits = (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"])
    assert tuple(map(int, limits)) == (7, 9)


def test_the_zones_are_those_that_are_asked_for() -> None:
    def zones(**parameters: str) -> set[str]:
        subnets = created(**parameters).of_type("AWS::EC2::Subnet").values()
        return {subnet["AvailabilityZone"] for subnet in subnets}

    asked = ("eu-central-1b", "eu-central-1c")
    assert zones(AvailabilityZones=",".join(asked)) == set(asked)
    assert zones() == {"eu-central-1a", "eu-central-1b"}


NAMES = {
    "AWS::ApiGateway::Authorizer": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::ElastiCache::User": "UserId",
    "AWS::ElastiCache::UserGroup": "UserGroupId",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
"""Properties that choose a name; CloudFormation makes one that is free where they are missing."""
GLOBAL = {"AWS::CloudWatch::Dashboard", "AWS::IAM::Role", "AWS::S3::Bucket"}
"""Types whose names are taken in all regions at once."""


def chosen_names(stack: str, region: str) -> set[tuple[str, str]]:
    unique = f"0a1b2c3d-4e5f-11f0-8a7b-{sum(map(ord, stack + region)):012}"
    pseudo = {
        **PSEUDO_PARAMETERS,
        "AWS::StackName": stack,
        "AWS::Region": region,
        "AWS::StackId": f"arn:aws:cloudformation:{region}:123456789012:stack/{stack}/{unique}",
    }
    parameters = {"ShadowChecks": "on", "PolicyOverride": "s3://team/policy.toml"}
    template = transformed(source_template(), parameters)
    made = Stack(template, parameters, pseudo_parameters=pseudo)
    return {
        (resource["Type"], str(name))
        for resource in made.resources.values()
        if (name := resource["Properties"].get(NAMES.get(resource["Type"], "")))
    }


def test_no_name_is_taken_by_a_stack_of_another_name_or_in_another_region() -> None:
    here = chosen_names("router", REGION)
    assert {kind for kind, _ in here} >= {"AWS::CloudWatch::Dashboard", "AWS::Logs::LogGroup"}
    assert not here & chosen_names("router-dev", REGION)
    elsewhere = chosen_names("router", "us-west-2")
    assert not [name for name in here & elsewhere if name[0] in GLOBAL]


def test_every_partition_of_aws_will_do(template: Template) -> None:
    machine = (ROOT / "statemachine" / "cascade.asl.json").read_text()
    assert "arn:aws" not in json.dumps(template) + machine
    resources = machine.count('"Resource": ')
    assert machine.count('"Resource": "arn:${Partition}:states:::lambda:invoke"') == resources > 0


def test_what_cannot_be_made_again_outlives_the_stack_but_not_a_failed_first_deployment() -> None:
    stack = created(PolicyOverride="s3://team/policy.toml")
    kept = {
        name: (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        for name, resource in stack.resources.items()
        if "Retain" in resource.get("DeletionPolicy", "")
    }
    assert kept == dict.fromkeys(
        ["KeyTable", "LedgerBucket", "PolicyCopyBucket"], ("RetainExceptOnCreate", "Retain")
    )


def test_the_bucket_that_goes_with_the_stack_holds_payloads_alone() -> None:
    stack = created(PolicyOverride="s3://team/policy.toml", ShadowChecks="on")
    bucket = "arn:aws:s3:::llm-router-payloadbucket"
    reached = {
        resource
        for role in stack.of_type("AWS::IAM::Role").values()
        for statement in statements(role)
        for resource in [statement["Resource"]]
        if bucket in str(resource)
    }
    assert reached == {f"{bucket}/payloads/*"}
    (rule,) = stack.resources["PayloadBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], "Prefix" in rule) == (1, False)


def test_a_release_never_replaces_the_keys_that_users_have_filled_in(template: Template) -> None:
    """CloudFormation writes the text again as soon as it differs from the one before."""
    secret = template["Resources"]["ProviderKeysSecret"]["Properties"]
    assert secret["SecretString"] == '{"anthropic": "", "openai": ""}'


def test_shadow_checks_cost_nothing_until_they_are_asked_for() -> None:
    assert not [name for name in created().resources if "Shadow" in name]
    asked = created(ShadowChecks="on")
    assert asked.of_type("AWS::Events::Rule")
    variables = asked.resources["RouteFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["SHADOW_CHECKS"] == "true"


def test_every_parameter_says_what_it_is_for_and_what_a_change_does(template: Template) -> None:
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        assert "Default" in parameter, name
        said = ("Change it at any time", "Only when", "Leave it as it was at `sam build`")
        assert sum(each in parameter["Description"] for each in said) == 1, name


def test_the_console_groups_every_parameter(
    template: Template,
) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"])
    assert not {"OnAws", "AwsEndpointUrl"} & set(template["Parameters"])


@pytest.mark.parametrize("layer", ["DependenciesLayer", "RouterLayer"])
def test_a_change_of_a_layer_alone_publishes_every_function_anew(
    template: Template, layer: str
) -> None:
    def versions(source: Template) -> set[str]:
        resources = transformed(source, {"ShadowChecks": "on"})["Resources"]
        return {name for name, r in resources.items() if r["Type"] == "AWS::Lambda::Version"}

    changed = json.loads(json.dumps(template))
    changed["Resources"][layer]["Properties"]["ContentUri"] += "anew/"
    before, after = versions(template), versions(changed)
    assert len(before) == len(after) == 4
    assert not before & after
