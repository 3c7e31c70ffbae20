"""`llm-router doctor` where AWS, the API and the vendors are scripted, not deployed."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from io import BytesIO
from typing import Any

import httpx2
import pytest
from botocore.config import Config
from botocore.response import StreamingBody
from botocore.session import Session
from botocore.stub import Stubber

from llm_router import __version__
from llm_router.adapters.policy_files import packaged_policy, packaged_policy_text
from llm_router.domain.outcome.failures import FailureKind
from llm_router.domain.tiers import TIERS
from operations.doctor import providers, requests, secret
from operations.doctor.access import unreachable
from operations.doctor.command import masked
from operations.doctor.deployed import Deployed, Reply
from operations.doctor.examination import examine
from operations.doctor.findings import CannotLookError, Finding, State
from operations.doctor.providers import answered
from operations.doctor.quotas import Throttle, concurrency
from operations.stack import Resource, Stack

Json = dict[str, Any]
Calls = list[tuple[str, Json | str]]
ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/router/1"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
STACK = Stack(
    id=ARN,
    name="router",
    status="UPDATE_COMPLETE",
    parameters={
        "EnabledProviders": "anthropic,openai",
        "PolicyOverride": "",
        "CacheMode": "create",
        "RequestTimeout": "29",
    },
    outputs={
        "ApiUrl": "https://api.test/v1",
        "ApiId": "api",
        "AlarmTopicArn": TOPIC,
        "ProviderKeysSecretArn": "secret",
        "KeyTableName": "keys",
        "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:cascade",
    },
)
SETTINGS = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
STAGE = {"methodSettings": {"*/*": {"throttlingRateLimit": 100.0, "throttlingBurstLimit": 200}}}
SESSION = Session()
Answer = Callable[[httpx2.Request], httpx2.Response]


def changed(**parameters: str) -> Stack:
    return Stack(**{**vars(STACK), "parameters": {**STACK.parameters, **parameters}})


@contextmanager
def deployed(
    calls: Mapping[str, Calls] | None = None,
    *,
    stack: Stack = STACK,
    answer: Answer | None = None,
    **options: Any,
) -> Iterator[Deployed]:
    """A deployed router whose AWS answers exactly these calls; a text is an error's code."""
    with ExitStack() as stubs:
        clients = {}
        for service, scripted in (calls or {}).items():
            client = SESSION.create_client(
                service,
                region_name="us-east-1",
                aws_access_key_id="k",
                aws_secret_access_key="s",
                config=Config(retries={"total_max_attempts": 1}),
            )
            stub = stubs.enter_context(Stubber(client))
            for operation, reply in scripted:
                if isinstance(reply, str):
                    action = f"not authorized to perform: {service}:Look on resource: x"
                    stub.add_client_error(operation, reply, action)
                else:
                    stub.add_response(operation, reply)
            clients[service] = client
            stubs.callback(stub.assert_no_pending_responses)
        transport = httpx2.MockTransport(answer or (lambda _: httpx2.Response(500)))
        given: Json = {"key": "lr-key", "transport": transport} | options
        with Deployed(stack, clients.__getitem__, **given) as found:
            yield found


def found_by(name: str, calls: Mapping[str, Calls] | None = None, **more: Any) -> list[Finding]:
    with deployed(calls, **more) as one:
        return list(examine(one, [name]))


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.state.value, f"{finding.finding} | {finding.advice}") for finding in findings]


def lambda_of(limit: int) -> Calls:
    limits = {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}
    return [("get_account_settings", {"AccountLimit": limits})]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UPDATE_COMPLETE", "ok"),
        ("UPDATE_IN_PROGRESS", "warning"),
        ("UPDATE_ROLLBACK_COMPLETE", "warning"),
        ("ROLLBACK_COMPLETE", "fault"),
        ("UPDATE_ROLLBACK_FAILED", "fault"),
        ("DELETE_FAILED", "fault"),
    ],
)
@pytest.mark.parametrize("version", [__version__, "0.0.1", None])
def test_the_stacks_state_and_version_are_judged(
    status: str, state: str, version: str | None
) -> None:
    template = {"Metadata": {"Version": version}} if version else {"Resources": {}}
    calls: Calls = [("get_template", {"TemplateBody": json.dumps(template)})]
    stack = Stack(**{**vars(STACK), "status": status, "reason": "because"})
    first, second = told(found_by("stack", {"cloudformation": calls}, stack=stack))
    assert first[0] == state
    assert status in first[1] or "rolled back" in first[1]
    assert second[0] == {__version__: "ok", None: "skipped"}.get(version, "warning")


def test_a_new_accounts_quota_is_too_small_and_the_arithmetic_is_shown() -> None:
    (first, second) = told(
        found_by("quotas", {"lambda": lambda_of(10), "apigateway": [("get_stage", STAGE)]})
    )
    assert first[0] == "warning"
    assert "5 requests with 2 executions each, 3 with a second opinion" in first[1]
    assert "1.25 requests per second if they take 4 s, 0.172 if all take 29 s" in first[1]
    assert "100 per second and 200 at once" in first[1]
    assert "L-B99A9384" in first[1]
    assert second[0] == "ok"


@pytest.mark.parametrize(("unreserved", "state"), [(799, State.WARNING), (800, State.OK)])
def test_reserved_executions_do_not_count(unreserved: int, state: State) -> None:
    finding = concurrency(1000, unreserved, Throttle(100, 200), 29)
    assert finding.state == state
    assert f"{unreserved // 2} requests with 2 executions each" in finding.finding


@pytest.mark.parametrize(
    ("calls", "state"),
    [
        ([("get_service_quota", {"Quota": {"Value": 29000.0}})], "fault"),
        ([("get_service_quota", {"Quota": {"Value": 60000.0}})], "ok"),
        (
            [
                ("get_service_quota", "NoSuchResourceException"),
                ("get_aws_default_service_quota", {"Quota": {"Value": 29000.0}}),
            ],
            "fault",
        ),
        ([("get_service_quota", "AccessDeniedException")], "skipped"),
    ],
)
def test_a_long_timeout_needs_api_gateways_quota(calls: Calls, state: str) -> None:
    services: Mapping[str, Calls] = {
        "lambda": lambda_of(1000),
        "apigateway": [("get_stage", STAGE)],
        "service-quotas": calls,
    }
    first, second = told(found_by("quotas", services, stack=changed(RequestTimeout="60")))
    assert (first[0], second[0]) == ("ok", state)
    if state == "fault":
        assert "RequestTimeout is 60 s, but API Gateway gives up after 29 s" in second[1]
        assert "(L-E5AE38E3) of 60000" in second[1]
    if state == "skipped":
        assert "service-quotas:Look is missing" in second[1]


@pytest.mark.parametrize(
    ("arns", "states", "part"),
    [
        ([], ["warning"], "AlarmEmail"),
        (["PendingConfirmation"], ["warning"], "not confirmed yet: email me@example.com"),
        ([TOPIC + ":1"], ["ok"], "1 confirmed"),
        ([TOPIC + ":1", "PendingConfirmation"], ["warning", "ok"], "not confirmed yet"),
        (["Deleted"], ["warning"], "no subscription"),
    ],
)
def test_only_confirmed_subscriptions_count(arns: list[str], states: list[str], part: str) -> None:
    rows = [{"SubscriptionArn": a, "Protocol": "email", "Endpoint": "me@example.com"} for a in arns]
    calls: Calls = [("list_subscriptions_by_topic", {"Subscriptions": rows})]
    findings = told(found_by("alarms", {"sns": calls}))
    assert [state for state, _ in findings] == states
    assert part in findings[0][1]


@pytest.mark.parametrize(
    ("endpoints", "offered", "states"),
    [
        ([("sync-states", "available"), ("s3", "available")], [], ["ok", "ok"]),
        ([("sync-states", "failed"), ("s3", "available")], [], ["fault", "ok"]),
        ([("s3", "Available")], ["sync-states"], ["fault", "ok"]),
        ([("s3", "available")], [], ["fault", "ok"]),
    ],
)
def test_missing_endpoints_are_told_from_those_that_the_region_lacks(
    endpoints: list[tuple[str, str]], offered: list[str], states: list[str]
) -> None:
    prefix = "com.amazonaws.us-east-1."
    rows = [{"ServiceName": prefix + name, "State": state} for name, state in endpoints]
    calls: Calls = [("describe_vpc_endpoints", {"VpcEndpoints": rows})]
    if len(endpoints) < 2:
        names = [prefix + name for name in offered]
        calls.append(("describe_vpc_endpoint_services", {"ServiceNames": names}))
    resource = Resource("E", "vpce-1", "AWS::EC2::VPCEndpoint", "CREATE_COMPLETE")
    stack = Stack(**{**vars(STACK), "resources": (resource,)})
    findings = told(found_by("endpoints", {"ec2": calls}, stack=stack))
    assert [state for state, _ in findings] == states
    if len(endpoints) < 2:
        assert ("has no endpoint" if offered else "does not offer") in findings[0][1]


@pytest.mark.parametrize(
    ("parameters", "services"),
    [
        ({"CacheMode": "none"}, []),
        ({"CacheMode": "existing", "CreateEndpoints": "false"}, []),
        ({"CacheMode": "existing", "CreateEndpoints": "true"}, ["sync-states"]),
        (
            {
                "CacheMode": "existing",
                "CreateEndpoints": "true",
                "ExistingRouteTableIds": "rtb-1",
            },
            ["sync-states", "s3"],
        ),
        ({"CacheMode": "existing", "ExistingRouteTableIds": "rtb-1"}, ["s3"]),
    ],
)
def test_only_endpoints_of_the_stacks_own_are_looked_for(
    parameters: dict[str, str], services: list[str]
) -> None:
    calls: Calls = [("describe_vpc_endpoint_services", {"ServiceNames": []}) for _ in services]
    findings = found_by("endpoints", {"ec2": calls}, stack=changed(**parameters))
    assert [finding.state.value for finding in findings] == ["fault"] * len(services) or ["ok"]
    assert all(
        finding.finding.endswith(f".{service}")
        for finding, service in zip(findings, services, strict=False)
    )


@pytest.mark.parametrize(
    ("share", "checks", "warns"),
    [("0.0", "off", False), ("0.0", "on", True), ("0.02", "off", True), ("0.02", "on", False)],
)
def test_policy_and_stack_must_agree_on_shadow_checks(share: str, checks: str, warns: bool) -> None:
    text = packaged_policy_text("default").replace("share = 0.0 ", f"share = {share} ")
    assert share in text
    body = text.encode()
    calls: Calls = [("get_object", {"Body": StreamingBody(BytesIO(body), len(body))})]
    stack = changed(PolicyOverride="s3://team/policy.toml", ShadowChecks=checks)
    findings = told(found_by("policy", {"s3": calls}, stack=stack))
    assert any("ShadowChecks" in said for _, said in findings) == warns


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_missing_permission_is_named(code: str) -> None:
    calls: Calls = [("describe_vpc_endpoint_services", code)]
    ((state, finding),) = told(found_by("endpoints", {"ec2": calls}))
    assert (state, finding) == (
        "skipped",
        "not allowed to look: ec2:Look is missing | allow ec2:Look",
    )


def test_what_a_service_cannot_do_is_skipped_with_its_reason() -> None:
    calls: Calls = [("list_subscriptions_by_topic", "UnknownOperation")]
    ((state, finding),) = told(found_by("alarms", {"sns": calls}))
    assert state == "skipped"
    assert "AWS refused ListSubscriptionsByTopic: UnknownOperation" in finding
    ((state, finding),) = told(found_by("alarms", stack=Stack(ARN, "router", "CREATE_FAILED")))
    assert (state, finding) == ("skipped", "the stack has no output AlarmTopicArn | ")


@pytest.mark.parametrize(
    ("live", "latest", "state"),
    [
        ({"State": "Active"}, {"LastUpdateStatus": "Successful"}, "ok"),
        ({"State": "Inactive"}, {}, "warning"),
        ({"State": "Pending"}, {}, "warning"),
        ({"State": "Failed", "StateReason": "no role"}, {}, "fault"),
        ({}, {"LastUpdateStatus": "InProgress"}, "warning"),
        ({}, {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no role"}, "fault"),
        ({"MemorySize": 512}, {"MemorySize": 1024}, "fault"),
        ({"Layers": [{"Arn": "a:1"}]}, {"Layers": [{"Arn": "a:2"}]}, "fault"),
        ({"Layers": [{"Arn": "a:1", "CodeSize": 1}]}, {"Layers": [{"Arn": "a:1"}]}, "ok"),
        ({"VpcConfig": {"SubnetIds": []}}, {}, "ok"),
    ],
)
def test_a_functions_state_and_configuration_are_judged(
    live: Json, latest: Json, state: str
) -> None:
    function = Resource("RouteFunction", "route", "AWS::Lambda::Function", "CREATE_COMPLETE")
    versions = [{"Version": "$LATEST"}, {"Version": "10"}]
    calls: Calls = [
        ("list_versions_by_function", {"Versions": versions}),
        ("get_alias", {"FunctionVersion": "10"}),
        ("get_function_configuration", latest),
        ("get_function_configuration", live),
    ]
    stack = Stack(**{**vars(STACK), "resources": (function,)})
    ((found, text),) = told(found_by("functions", {"lambda": calls}, stack=stack))
    assert found == state, text
    if "no role" in str((live, latest)):
        assert "no role" in text


def test_versions_of_earlier_deployments_are_named() -> None:
    function = Resource("RouteFunction", "route", "AWS::Lambda::Function", "CREATE_COMPLETE")
    versions = [{"Version": each} for each in ("$LATEST", "1", "9", "10")]
    calls: Calls = [
        ("list_versions_by_function", {"Versions": versions}),
        ("get_alias", {"FunctionVersion": "10"}),
        ("get_function_configuration", {}),
        ("get_function_configuration", {}),
    ]
    stack = Stack(**{**vars(STACK), "resources": (function,)})
    ((state, text),) = told(found_by("functions", {"lambda": calls}, stack=stack))
    assert (state, "versions 1, 9 are left" in text) == ("warning", True)
    assert "--qualifier 1" in text


def test_a_function_without_its_alias_is_a_fault() -> None:
    function = Resource("RouteFunction", "route", "AWS::Lambda::Function", "CREATE_COMPLETE")
    calls: Calls = [
        ("list_versions_by_function", {"Versions": []}),
        ("get_alias", "ResourceNotFoundException"),
    ]
    stack = Stack(**{**vars(STACK), "resources": (function,)})
    ((state, text),) = told(found_by("functions", {"lambda": calls}, stack=stack))
    assert (state, "RouteFunction: there is no alias live" in text) == ("fault", True)


class Broken(Exception):
    """Carries no meaning of its own."""


@pytest.mark.parametrize(
    ("error", "cause", "part"),
    [
        (httpx2.ConnectError("x"), socket.gaierror(-2, "Name or service not known"), "(DNS)"),
        (httpx2.ConnectError("x"), ssl.SSLCertVerificationError("self-signed"), "(TLS)"),
        (httpx2.ConnectTimeout("x"), Broken(), "in time (ConnectTimeout)"),
        (httpx2.ReadTimeout("x"), Broken(), "in time (ReadTimeout)"),
        (httpx2.ConnectError("refused"), ConnectionRefusedError(), "cannot be reached: refused"),
    ],
)
def test_a_silent_api_is_named_by_its_cause(
    error: httpx2.TransportError, cause: Exception, part: str
) -> None:
    error.__cause__ = Broken()
    error.__cause__.__context__ = cause

    def fail(_: httpx2.Request) -> httpx2.Response:
        raise error

    (finding,) = found_by("api", answer=fail)
    assert (finding.state, part in finding.finding) == (State.FAULT, True), finding
    assert unreachable(error).advice == finding.advice
    assert [each.state for each in found_by("keys", answer=fail)] == [State.SKIPPED]


@pytest.mark.parametrize(
    ("mode", "cache", "state"),
    [
        ("create", "up", "ok"),
        ("create", "down", "fault"),
        ("existing", "down", "fault"),
        ("none", "off", "ok"),
        ("none", "up", "warning"),
        ("create", "off", "warning"),
    ],
)
def test_the_cache_is_compared_with_the_parameter(mode: str, cache: str, state: str) -> None:
    body = {"status": "ok", "policy": "1", "cache": cache}
    findings = found_by(
        "api", stack=changed(CacheMode=mode), answer=lambda _: httpx2.Response(200, json=body)
    )
    assert [finding.state.value for finding in findings] == ["ok", state]


def test_a_wrong_key_that_is_let_in_is_a_fault() -> None:
    (first, second, third) = told(found_by("keys", answer=lambda _: httpx2.Response(200)))
    assert first[0] == second[0] == "fault"
    assert "OpenAI" in first[1]
    assert "Anthropic" in second[1]
    assert third[0] == "ok"


def test_a_key_of_its_own_is_revoked_whatever_happens() -> None:
    calls: Mapping[str, Calls] = {"dynamodb": [("put_item", {}), ("update_item", {})]}

    def break_off() -> None:
        with deployed(calls, key=None, answer=lambda _: httpx2.Response(200)) as one:
            assert one.key.startswith("lr-")
            assert one.key == one.key
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()


def test_a_key_that_cannot_be_made_is_not_revoked() -> None:
    calls: Mapping[str, Calls] = {"dynamodb": [("put_item", "AccessDeniedException")]}
    with deployed(calls, key=None, answer=lambda _: httpx2.Response(401)) as one:
        *_, last = examine(one, ["keys"])
    assert (last.state, last.finding) == (
        State.SKIPPED,
        "not allowed to look: dynamodb:Look is missing",
    )


def test_spending_is_bounded_over_all_requests() -> None:
    caps = list[float]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        caps.append(json.loads(request.content)["router"]["max_cost_usd"])
        bills: list[Json] = [{"total_cost_usd": 0.004}, {"total_cost_usd": 0.0}]
        router = bills[len(caps) - 1] if len(caps) <= len(bills) else {}
        return httpx2.Response(200 if router else 502, json={"router": router})

    with deployed(answer=answer, spend_usd=Decimal("0.01")) as one:
        for _ in range(3):
            one.ask("?", model="auto")
        assert caps == [0.01, 0.006, 0.006]
        # The third had no bill, so it may have cost everything.
        assert one.spent_usd == Decimal("0.01")
        with pytest.raises(CannotLookError, match="--spend is used up"):
            one.ask("?", model="auto")
    assert len(caps) == 3


def reply(status: int, *attempts: Json, message: str = "") -> Reply:
    body = {"router": {"attempts": list(attempts)}, "error": {"message": message}}
    return Reply(status, body, httpx2.Headers())


def attempt(kind: str | None, **failure: Any) -> Json:
    failed = None if kind is None else {"kind": kind, **failure}
    return {"model": "m", "failure": failed, "latency_ms": 5, "cost_usd": 0.1}


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_of_failure_has_something_to_do(kind: FailureKind) -> None:
    finding = answered("p", "m", reply(503, attempt(kind.value, status=418, code="odd")))
    if kind in providers._ANSWERED_ALL_THE_SAME:
        assert finding.state == State.OK
    else:
        assert (finding.state, bool(finding.advice)) == (State.FAULT, True)
        assert f"{kind} 418 odd" in finding.finding
        assert kind in providers._WHAT_TO_DO or kind == FailureKind.UNKNOWN


def test_a_provider_behind_which_another_answered_is_still_a_fault() -> None:
    other = {**attempt(None), "model": "other"}
    assert answered("p", "m", reply(200, attempt("credentials"), other)).state == State.FAULT
    assert answered("p", "m", reply(200, attempt(None))).state == State.OK
    refused = answered("p", "m", reply(402, message="too dear"))
    assert (refused.state, refused.advice) == (State.FAULT, "raise --spend")


@pytest.mark.parametrize(
    ("known", "by_name", "states"),
    [
        ("all", "none", ["ok", "ok"]),
        ("none", "all", ["ok", "ok"]),
        ("none", "none", ["fault", "fault"]),
        ("refused", "all", ["skipped", "skipped"]),
    ],
)
def test_models_are_looked_up_in_the_vendors_lists(
    known: str, by_name: str, states: list[str]
) -> None:
    asked = list[httpx2.Request]()
    names = [model.name_at_provider for model in packaged_policy().models]

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if request.url.path != "/v1/models":
            return httpx2.Response(200 if by_name == "all" else 404)
        rows = [{"id": name} for name in names] if known == "all" else []
        return httpx2.Response(401 if known == "refused" else 200, json={"data": rows})

    keys = json.dumps({"anthropic": "key-a", "openai": "key-o"})
    calls: Calls = [("get_secret_value", {"SecretString": keys})]
    findings = found_by(
        "models", {"secretsmanager": calls}, answer=answer, spend_usd=Decimal("0.01")
    )
    assert [finding.state.value for finding in findings] == [*states, "skipped"]
    assert "prices" in findings[-1].finding
    sent = {request.url.host: dict(request.headers) for request in asked}
    assert sent["api.anthropic.com"]["x-api-key"] == "key-a"
    assert sent["api.openai.com"]["authorization"] == "Bearer key-o"
    if states[0] == "fault":
        assert "claude-haiku-5-5" in "".join(finding.finding for finding in findings)


@pytest.mark.parametrize("text", ["…", "...", "<key>", "${KEY}", "xxxx", "your-key", "sk-...", "-"])
def test_placeholders_are_no_keys(text: str) -> None:
    assert secret._problem(text) == "a placeholder"


@pytest.mark.parametrize("text", ["sk-ant-api03-abcXYZ_123", "sk-proj-1", "local", "a-test-key"])
def test_keys_are_no_placeholders(text: str) -> None:
    assert secret._problem(text) == ""


@pytest.mark.parametrize(
    ("providers", "states"), [("anthropic,openai", ["ok"]), ("openai", ["warning"] * 3)]
)
def test_tiers_with_one_provider_have_nothing_to_fall_back_to(
    providers: str, states: list[str]
) -> None:
    route = Resource("RouteFunction", "route", "AWS::Lambda::Function", "CREATE_COMPLETE")
    stack = changed(EnabledProviders=providers)
    stack = Stack(**{**vars(stack), "resources": (route,)})
    variables = {"Variables": {"POWERTOOLS_SERVICE_NAME": "mine"}}
    calls: Mapping[str, Calls] = {
        "lambda": [("get_function_configuration", {"Environment": variables})],
        "cloudwatch": [
            (
                "get_metric_data",
                {
                    "MetricDataResults": [
                        {"Id": "m0", "Values": [3.0, 4.0]},
                        {"Id": "m1", "Values": [2.0]},
                    ]
                },
            )
        ],
    }
    findings = told(found_by("fallback", calls, stack=stack))
    assert [state for state, _ in findings] == [*states, "ok"]
    assert "2 of 7 requests fell back, 0 got no answer" in findings[-1][1]


def test_a_weaker_model_of_another_provider_is_no_way_to_fall_back() -> None:
    policy = packaged_policy()
    without = [model for model in policy.models if model.id != "gpt-6.2-astra"]
    policy = policy.model_copy(update={"models": tuple(without)})
    stuck = {
        tier: requests._without_alternative(policy, tier, {"anthropic", "openai"}) for tier in TIERS
    }
    assert stuck == {"simple": [], "moderate": [], "complex": ["claude-opus-5-5"]}


def test_a_report_names_nobody() -> None:
    text = f"{TOPIC} me@example.com lr-abcdefghijkl sk-ant-abcdefghijkl 12345"
    assert masked(text) == ("arn:aws:sns:us-east-1:<account>:alarms <e-mail> <key> <key> 12345")
