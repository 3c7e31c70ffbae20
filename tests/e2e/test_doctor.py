"""`llm-router doctor` names what was broken in the deployed stack, and finds a whole one whole."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import pytest
from llmock.pytest_plugin import LLMock
from typer.testing import CliRunner

from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from local.deployment import BUCKET, POLICY_KEY
from local.services import aws_environment
from local.stack import LocalStack
from operations.cli import app
from operations.doctor.deployed import TENANT, Deployed
from operations.doctor.examination import CHECKS, examine
from operations.doctor.findings import Finding, State
from operations.doctor.requests import BROKEN_OFF
from operations.stack import router_stack
from tests.e2e.conftest import KEYS
from tests.support.stack_requests import eventually

Examine = Callable[..., list[Finding]]
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def clients(stack: LocalStack) -> Callable[[str], Any]:
    return cache(stack.client)


@pytest.fixture
def examined(stack: LocalStack, clients: Callable[[str], Any]) -> Examine:
    """Run some checks."""

    def run(*names: str, **options: Any) -> list[Finding]:
        found = router_stack(clients("cloudformation"), stack.settings.stack_name)
        assert found is not None
        given = {"url": stack.api_url, "key": stack.api_key} | options
        with Deployed(found, clients, **given) as deployed:
            return list(examine(deployed, names))

    return run


@pytest.fixture
def topic(stack: LocalStack, clients: Callable[[str], Any]) -> Iterator[str]:
    """The alarms' topic, with a subscription."""
    arn = stack.outputs["AlarmTopicArn"]
    endpoint = {"Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:000000000000:alarms"}
    made = clients("sns").subscribe(TopicArn=arn, **endpoint)["SubscriptionArn"]
    yield arn
    clients("sns").unsubscribe(SubscriptionArn=made)


def faults(findings: list[Finding]) -> str:
    return "\n".join(f"{f.finding} | {f.advice}" for f in findings if f.state == State.FAULT)


@pytest.mark.usefixtures("topic")
def test_a_whole_stack_has_no_fault_but_the_provider_that_is_always_down(
    stack: LocalStack, mock: LLMock, tmp_path: Path
) -> None:
    mock.reply(BROKEN_OFF, times=None)
    report, out = tmp_path / "report.md", tmp_path / "out.json"
    words = [
        "doctor",
        "--stack",
        stack.settings.stack_name,
        "--url",
        stack.api_url,
        "--spend",
        "0.02",
    ]
    environment = aws_environment(stack.settings) | {"LLM_ROUTER_KEY": None, "COLUMNS": "300"}
    done = CliRunner(env=environment).invoke(
        app, [*words, "--report", str(report), "--json", str(out)]
    )
    assert done.exit_code == 1, done.output
    told = json.loads(out.read_text())
    found = {(each["check"], each["state"]) for each in told["findings"]}
    assert {check for check, _ in found} == set(CHECKS)
    faulty = [each for each in told["findings"] if each["state"] == "fault"]
    assert [each["check"] for each in faulty] == ["providers"], faulty
    assert faulty[0]["finding"].startswith("unplugged does not answer: unplugged-medium: transient")
    well = {"stack", "endpoints", "functions", "quotas", "secret", "policy", "alarms", "api"}
    well |= {"machine", "keys", "providers", "escalation", "fallback"}
    assert well <= {check for check, state in found if state == "ok"}
    assert 0 < told["spent_usd"] <= 0.02
    published = report.read_text()
    assert all(f"| {check} |" in published for check in CHECKS)
    assert "000000000000" not in published
    keys = DynamoDbKeys(stack.client("dynamodb"), stack.outputs["KeyTableName"])
    assert {revoked for _, record, revoked in keys.all() if record.tenant == TENANT} == {True}
    for secret in (stack.api_key, "a-test-key"):
        assert secret not in published + out.read_text() + done.output


@contextmanager
def secret_of(stack: LocalStack, clients: Callable[[str], Any], text: str) -> Iterator[None]:
    client, arn = clients("secretsmanager"), stack.outputs["ProviderKeysSecretArn"]
    before = client.get_secret_value(SecretId=arn)["SecretString"]
    client.put_secret_value(SecretId=arn, SecretString=text)
    try:
        yield
    finally:
        client.put_secret_value(SecretId=arn, SecretString=before)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", ["mock-openai: missing", "unplugged: missing", "put-secret-value"]),
        ("a-test-key", ["the secret is not JSON"]),
        ('["a-test-key"]', ["not an object"]),
        (json.dumps(KEYS | {"mock-openai": ""}), ["for mock-openai: empty |"]),
        (json.dumps(KEYS | {"mock-openai": "…", "a": "<key>"}), ["openai: a placeholder; a: a pl"]),
        (json.dumps(KEYS | {"a": "a-test-key\n"}), ["a: white space"]),
        (json.dumps(KEYS | {"a": {"api_key": "a-test-key"}}), ["a: an object without base_url"]),
        (
            json.dumps(KEYS | {"mock-openai": {"api_key": "a-test-key", "base_url": "http://x"}}),
            ["the key of mock-openai is not bound to the policy's base URL http://127.0.0.1"],
        ),
    ],
)
def test_a_wrong_secret_is_named_without_any_of_it(
    stack: LocalStack,
    clients: Callable[[str], Any],
    examined: Examine,
    text: str,
    told: list[str],
) -> None:
    with secret_of(stack, clients, text):
        findings = examined("secret")
    assert all(part in faults(findings) for part in told), findings
    assert "a-test-key" not in str(findings)


def test_an_old_alias_and_an_unpublished_change_are_named(
    stack: LocalStack, clients: Callable[[str], Any], examined: Examine
) -> None:
    found = router_stack(clients("cloudformation"), stack.settings.stack_name)
    assert found is not None
    name = found.physical_id("ShadowFunction")
    functions = clients("lambda")
    live = functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    before = functions.get_function_configuration(FunctionName=name)["Timeout"]
    functions.update_function_configuration(FunctionName=name, Timeout=before - 1)
    version = functions.publish_version(FunctionName=name)["Version"]
    try:
        told = faults(examined("functions"))
    finally:
        functions.delete_function(FunctionName=name, Qualifier=version)
        functions.update_function_configuration(FunctionName=name, Timeout=before)
    assert f"ShadowFunction: the alias live is version {live}, the newest is {version}" in told
    assert f"ShadowFunction: version {live} has another timeout than" in told
    assert "aws lambda update-alias" in told
    assert not faults(examined("functions"))


def test_providers_that_fail_are_named_with_what_to_do(examined: Examine, mock: LLMock) -> None:
    mock.outage(provider="openai")
    mock.fail(404, times=None, code="model_not_found", provider="anthropic")
    told = faults(examined("providers", spend_usd=CENT)).splitlines()
    by_provider = {line.partition(" ")[0]: line for line in told}
    assert set(by_provider) == {"mock-openai", "mock-anthropic", "unplugged"}
    assert "mock-openai does not answer: local-small-a" in by_provider["mock-openai"]
    assert "503" in by_provider["mock-openai"]
    assert "status page" in by_provider["mock-openai"]
    assert "local-medium-a: model_gone 404" in by_provider["mock-anthropic"]
    assert "replace the model in the policy" in by_provider["mock-anthropic"]


def test_a_topic_without_subscribers_is_named(examined: Examine) -> None:
    (finding,) = examined("alarms")
    assert (finding.state, "no subscription" in finding.finding) == (State.WARNING, True)


def test_an_api_that_cannot_be_reached_is_named_and_the_rest_goes_on(examined: Examine) -> None:
    findings = examined("api", "keys", "machine", url="http://127.0.0.1:9/v1")
    told = {finding.check: finding for finding in findings}
    assert "http://127.0.0.1:9/v1 cannot be reached" in faults([told["api"]])
    assert told["keys"].state == State.SKIPPED
    assert told["machine"].state == State.OK


def test_a_cache_that_is_down_is_named(stack: LocalStack, examined: Examine) -> None:
    state = json.loads((stack.settings.state_dir / "state.json").read_text())
    server = psutil.Process(state["processes"]["redis"][0])
    server.suspend()
    try:
        told = faults(examined("api"))
    finally:
        server.resume()
    assert "the decision cache is down" in told
    assert eventually(lambda: not faults(examined("api")), 20)


def test_a_key_that_is_unknown_is_named(examined: Examine) -> None:
    told = faults(examined("keys", key="lr-unknown"))
    assert "the key is refused with 401" in told


def test_a_policy_that_is_refused_is_named(
    clients: Callable[[str], Any], examined: Examine
) -> None:
    s3 = clients("s3")
    before = s3.get_object(Bucket=BUCKET, Key=POLICY_KEY)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=POLICY_KEY, Body=b"models = 1\n" + before)
    try:
        told = faults(examined("policy"))
    finally:
        s3.put_object(Bucket=BUCKET, Key=POLICY_KEY, Body=before)
    assert f"the policy is refused: s3://{BUCKET}/{POLICY_KEY}: not TOML" in told


def test_nothing_is_paid_for_without_an_allowance(examined: Examine, mock: LLMock) -> None:
    findings = examined("providers", "models", "escalation")
    assert {finding.state for finding in findings} == {State.SKIPPED}
    assert all("--spend is 0" in finding.finding for finding in findings)
    assert not mock.requests
