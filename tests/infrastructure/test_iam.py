"""Roles and endpoint policies allow what the code calls, and nothing that it never calls."""

import inspect
import itertools
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.session
import pytest
from allpairspy import AllPairs

from evaluation.asl_interpreter import StateMachine
from llm_router import bootstrap
from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from llm_router.adapters.aws.s3_ledger import S3Ledger
from llm_router.adapters.aws.s3_payloads import S3Payloads
from llm_router.adapters.aws.s3_shadow import S3ShadowJobs, S3ShadowQueue
from llm_router.adapters.aws.step_functions import StepFunctionsCascade
from llm_router.adapters.policy_files import S3Policy, bucket_and_key, packaged_policy_text
from llm_router.adapters.providers.endpoints import endpoint_of
from llm_router.adapters.providers.keys import ProviderKeys
from llm_router.adapters.redis.iam_auth import ElastiCacheIamCredentials
from llm_router.domain.outcome.ledger import Label, LedgerRecord
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.plan.machine_input import machine_input
from llm_router.domain.routing.decision import Decision, Start
from llm_router.domain.shadow_check import ShadowJob, ShadowResult, ShadowSpend
from llm_router.domain.tiers import Tier
from llm_router.settings import (
    AuthorizeSettings,
    InvokeModelSettings,
    RouteSettings,
    ShadowCheckSettings,
)
from tests.support.aws_account import Account, role_policies
from tests.support.cascade_fixtures import WEIGHTS, candidate, invoking
from tests.support.cloudformation import ACCOUNT, REGION, Stack, created
from tests.support.fakes import asking
from tests.support.iam import Call, Json, actions, is_allowed, matches, resources, statements
from tests.support.parameter_values import EXISTING
from tests.support.plans import plan_of
from tests.support.stack_requests import eventually

REQUEST_ID = "20260101-0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"
DAY = "20260101"
LARGE = {"text": "x" * 256 * 1024}
"""More than any state may hold."""

NEVER_CALLED_BY_CODE = {
    "logs:CreateLogStream": "Lambda writes the function's log with its role",
    "logs:PutLogEvents": "Lambda writes the function's log with its role",
    "ec2:CreateNetworkInterface": "Lambda attaches the function to the VPC with its role",
    "ec2:DescribeNetworkInterfaces": "Lambda attaches the function to the VPC with its role",
    "ec2:DeleteNetworkInterface": "Lambda detaches the function from the VPC with its role",
    "ec2:AssignPrivateIpAddresses": "Lambda attaches the function to the VPC with its role",
    "ec2:UnassignPrivateIpAddresses": "Lambda detaches the function from the VPC with its role",
    "ec2:DescribeSubnets": "Lambda attaches the function to the VPC with its role",
    "logs:CreateLogDelivery": "Step Functions sets up the log of an Express machine",
    "logs:GetLogDelivery": "Step Functions sets up the log of an Express machine",
    "logs:UpdateLogDelivery": "Step Functions sets up the log of an Express machine",
    "logs:DeleteLogDelivery": "Step Functions sets up the log of an Express machine",
    "logs:ListLogDeliveries": "Step Functions sets up the log of an Express machine",
    "logs:PutResourcePolicy": "Step Functions sets up the log of an Express machine",
    "logs:DescribeResourcePolicies": "Step Functions sets up the log of an Express machine",
    "logs:DescribeLogGroups": "Step Functions sets up the log of an Express machine",
}
METHODS: dict[type, set[str]] = {
    S3Payloads: {"offload", "resolve", "discard"},
    S3Ledger: {"prepare", "keep", "find", "label"},
    S3ShadowQueue: {"add"},
    S3ShadowJobs: {"waiting", "take", "keep", "spend", "book"},
    S3Policy: {"current"},
    StepFunctionsCascade: {"run"},
    ProviderKeys: {"key_for"},
    # The others are the command's, which runs with its user's permissions.
    DynamoDbKeys: {"find", "add", "all", "set_aliases", "revoke"},
}
"""The adapters' methods that call AWS; the functions below call each."""


def test_no_method_of_an_adapter_is_forgotten_here() -> None:
    for adapter, known in METHODS.items():
        public = {
            name
            for name, _ in inspect.getmembers(adapter, inspect.isfunction)
            if not name.startswith("_")
        }
        assert public == known, adapter


def shadow_job() -> ShadowJob:
    return ShadowJob(
        request_id=REQUEST_ID,
        tier="simple",
        conversation=asking("Why?"),
        answer="So.",
        answered_by="a",
        candidate=Candidate.model_validate(candidate("b", "openai", 2)),
        weights=WEIGHTS,
        expected_output_tokens=10,
        most_nano_usd_per_day=10,
    )


def route(account: Account) -> None:
    override = account.environment.get("POLICY_OVERRIDE", "")
    place = bucket_and_key(override)
    account.objects[place] = packaged_policy_text("default").encode()
    # Signing in to the cache is not a call: see `signed_in_to`.
    settings = RouteSettings.load({**account.environment, "CACHE_HOST": ""})
    router = bootstrap.router(settings)
    router.policies.current()
    if override:
        account.objects[place] = b"invalid"
        bootstrap.router(settings).policies.current()
    reference = router.payloads.offload(LARGE)
    assert router.payloads.resolve(reference) == LARGE
    before = len(account.calls)
    router.payloads.discard(reference)
    assert eventually(lambda: len(account.calls) > before, 30)
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    deadline = bootstrap.epoch_ms() + 60_000
    plan = plan_of(
        asking("Why?"),
        decision,
        request_id=REQUEST_ID,
        deadline_epoch_ms=deadline,
        budget_nano_usd=10**9,
    )
    payload = {"inline": asking("Why?").model_dump(mode="json", exclude_none=True)}
    # By the interpreter's clock the deadline is over: the machine returns without a call.
    account.execution_output = StateMachine().run(machine_input(plan, payload), invoking({})).output
    assert router.cascade.run(plan, payload).status == "failed"
    record = LedgerRecord(
        request_id=REQUEST_ID, tenant="t", received_epoch_ms=0, policy_version="1",
        start=Start(tier=Tier.SIMPLE), status="answered", degraded=False, attempts=(),
        cost_nano_usd=0,
    )  # fmt: skip
    if settings.ledger_bucket:
        archive, before = bootstrap.feedback_service(settings).archive, len(account.calls)
        archive.prepare()
        assert eventually(lambda: len(account.calls) > before, 30)
        archive.keep(record)
        assert eventually(lambda: archive.find(REQUEST_ID) == record, 30) or account.denied
        archive.label(Label(request_id=REQUEST_ID, tenant="t", score=1, labelled_epoch_ms=0))
    if settings.shadow_checks:
        before = len(account.calls)
        router.shadow.add(shadow_job())
        assert eventually(lambda: len(account.calls) > before, 30)


def invoke_model(account: Account) -> None:
    settings = InvokeModelSettings.load(account.environment)
    payloads = bootstrap.model_invoker(settings).payloads
    assert payloads.resolve(payloads.offload(LARGE)) == LARGE
    keys = ProviderKeys(boto3.client("secretsmanager"), settings.provider_secret_arn)
    vendor = endpoint_of("openai").vendor
    assert keys.key_for("openai", vendor.base_url, vendor) == "key"


def shadow(account: Account) -> None:
    settings = ShadowCheckSettings.load(account.environment)
    jobs = bootstrap.shadow_checker(settings).jobs
    key = f"shadow/{REQUEST_ID}.json"
    account.objects[settings.ledger_bucket, key] = shadow_job().model_dump_json().encode()
    assert list(jobs.waiting()) == [REQUEST_ID]
    assert jobs.take(REQUEST_ID) == shadow_job()
    assert jobs.spend(DAY) == ShadowSpend(day=DAY)
    jobs.book(ShadowSpend(day=DAY))
    assert jobs.spend(DAY) == ShadowSpend(day=DAY)
    jobs.book(ShadowSpend(day=DAY))
    result = ShadowResult(
        request_id=REQUEST_ID, tier="simple", first_model="a", strong_model="b",
        outcome="failed", comparable=False, checked_epoch_ms=0,
    )  # fmt: skip
    jobs.keep(result)
    keys = ProviderKeys(boto3.client("secretsmanager"), settings.provider_secret_arn)
    vendor = endpoint_of("openai").vendor
    assert keys.key_for("openai", vendor.base_url, vendor) == "key"


def authorize(account: Account) -> None:
    settings = AuthorizeSettings.load(account.environment)
    assert bootstrap.authorizer(settings).keys.find("0" * 64) is None


FUNCTIONS: dict[str, Callable[[Account], None]] = {
    "RouteFunction": route,
    "InvokeModelFunction": invoke_model,
    "ShadowFunction": shadow,
    "AuthorizeFunction": authorize,
}

SIGNED_IN = {
    **EXISTING,
    "CacheMode": "existing",
    "ExistingCacheUser": "router",
    "ExistingCacheName": "shared-cache",
    "CreateEndpoints": "true",
    "ExistingRouteTableIds": "rtb-0a1b2c3d",
}
NETWORKS = {
    "create": {"CacheMode": "create"},
    "none": {"CacheMode": "none"},
    "existing": SIGNED_IN,
    "unsigned": {**SIGNED_IN, "ExistingCacheUser": "", "CreateEndpoints": "false"},
}
LEDGERS = {
    "unkept": {"LedgerRetentionDays": "0"},
    "kept": {"LedgerRetentionDays": "90"},
    "checked": {"LedgerRetentionDays": "90", "ShadowChecks": "on"},
}
POLICIES = {
    "packaged": {"PolicyOverride": ""},
    "overridden": {"PolicyOverride": "s3://team-policies/router/policy.toml"},
}
STACKS = {
    "-".join(names): {**NETWORKS[names[0]], **LEDGERS[names[1]], **POLICIES[names[2]]}
    for names in AllPairs([list(NETWORKS), list(LEDGERS), list(POLICIES)])
}


@pytest.fixture(params=list(STACKS.values()), ids=list(STACKS))
def stack(request: pytest.FixtureRequest) -> Stack:
    return created(**request.param)


def signed_in_to(account: Account) -> Iterator[Call]:
    """What `elasticache:Connect` is checked for, as the token for Redis names it."""
    variables = account.environment
    user, cache = variables.get("CACHE_USER", ""), variables.get("CACHE_NAME", "")
    if not (user and variables["CACHE_HOST"]):
        return
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "example")
    _, token = ElastiCacheIamCredentials(user, cache, session, REGION).get_credentials()
    named = urlsplit(f"https://{token}")
    (signed_user,) = parse_qs(named.query)["User"]
    for resource in (f"replicationgroup:{named.netloc}", f"user:{signed_user}"):
        yield Call("elasticache:Connect", f"arn:aws:elasticache:{REGION}:{ACCOUNT}:{resource}")


def test_each_call_is_allowed_and_nothing_else(stack: Stack) -> None:
    functions = set(stack.of_type("AWS::Lambda::Function"))
    assert functions <= FUNCTIONS.keys()
    for name in functions:
        account = Account(stack, name)
        with account.called():
            FUNCTIONS[name](account)
        assert account.calls
        assert account.denied == [], name
        connects = list(signed_in_to(account))
        assert all(account.permits(call) for call in connects)
        calls = [*account.calls, *connects]
        granted = role_policies(stack, account.function["Role"])
        assert list(needless(granted, calls)) == [], name
        for call in account.calls:
            documents = account.endpoint_policies(call)
            assert list(needless(documents, calls)) == [], name


def needless(documents: list[dict[str, object]], calls: list[Call]) -> Iterator[tuple[str, str]]:
    """The actions on resources that policies allow but no call needs."""
    for statement in statements(documents):
        for action, resource in itertools.product(actions(statement), resources(statement)):
            used = any(action == c.action and matches(resource, c.resource) for c in calls)
            if not used and action not in NEVER_CALLED_BY_CODE:
                yield action, resource


def test_the_machine_may_invoke_what_it_invokes(stack: Stack) -> None:
    (machine,) = stack.of_type("AWS::StepFunctions::StateMachine").values()
    substitutions = machine["DefinitionSubstitutions"]
    definition = machine["DefinitionString"]
    for name, value in substitutions.items():
        definition = definition.replace(f"${{{name}}}", value)
    json.loads(definition)
    invoked = set(re.findall(r'"FunctionName": "([^"]+)"', definition))
    calls = [Call("lambda:InvokeFunction", function) for function in invoked]
    assert calls
    granted = role_policies(stack, machine["RoleArn"])
    assert all(is_allowed(granted, call, machine["RoleArn"]) for call in calls)
    assert list(needless(granted, calls)) == []


def test_a_role_writes_only_its_own_functions_log(stack: Stack) -> None:
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        group = function["LoggingConfig"]["LogGroup"]
        stream = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:live"
        for document in role_policies(stack, function["Role"]):
            for statement in statements([document]):
                if "logs:PutLogEvents" in actions(statement):
                    assert all(matches(each, stream) for each in resources(statement)), name


def test_a_shadow_job_that_another_run_took_is_none() -> None:
    """A schedule may start a run twice; without leave to list, S3 denies what does not exist."""
    account = Account(created(CacheMode="none", ShadowChecks="on"), "ShadowFunction")
    settings = ShadowCheckSettings.load(account.environment)
    with account.called():
        assert bootstrap.shadow_checker(settings).jobs.take(REQUEST_ID) is None


def test_what_invokes_a_function_is_permitted_to(stack: Stack) -> None:
    """API Gateway and EventBridge need a permission of the very alias that they call."""
    permitted = {
        (permission["FunctionName"], permission["Principal"])
        for permission in stack.of_type("AWS::Lambda::Permission").values()
        if permission["Action"] == "lambda:InvokeFunction"
    }
    (api,) = stack.of_type("AWS::ApiGateway::RestApi").values()
    called = set(re.findall(r"functions/(arn:[^/]+)/invocations", json.dumps(api["Body"])))
    invocations = {(function, "apigateway.amazonaws.com") for function in called}
    for rule in stack.of_type("AWS::Events::Rule").values():
        invocations |= {(target["Arn"], "events.amazonaws.com") for target in rule["Targets"]}
    assert called
    assert invocations <= permitted


OBJECT = "arn:aws:s3:::bucket/folder/key"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
LISTS = {
    "Effect": "Allow",
    "Action": ["s3:List*"],
    "Resource": "arn:aws:s3:::bucket",
    "Condition": {"StringLike": {"s3:prefix": ["folder/*"]}},
}


@pytest.mark.parametrize(
    ("granted", "call", "allowed"),
    [
        ([], Call("s3:GetObject", OBJECT), False),
        ([READ], Call("s3:GetObject", OBJECT), True),
        ([READ], Call("s3:PutObject", OBJECT), False),
        ([READ], Call("s3:GetObject", "arn:aws:s3:::bucket2/key"), False),
        ([READ, {**READ, "Effect": "Deny"}], Call("s3:GetObject", OBJECT), False),
        ([{**READ, "Principal": {"AWS": "me"}}], Call("s3:GetObject", OBJECT), True),
        ([{**READ, "Principal": {"AWS": "you"}}], Call("s3:GetObject", OBJECT), False),
        ([LISTS], Call("s3:ListBucket", "arn:aws:s3:::bucket", {"s3:prefix": "folder/a"}), True),
        ([LISTS], Call("s3:ListBucket", "arn:aws:s3:::bucket", {"s3:prefix": "other/a"}), False),
        ([LISTS], Call("s3:ListBucket", "arn:aws:s3:::bucket"), False),
    ],
)
def test_policies_are_evaluated_as_iam_does(granted: list[Json], call: Call, allowed: bool) -> None:
    document = {"Version": "2012-10-17", "Statement": granted}
    assert is_allowed([document], call, "me") is allowed
