"""The figures of a bill are those of the template, the machine, the metrics and the policy."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from evaluation.asl_interpreter import Execution, StateMachine
from llm_router.adapters.aws.emf_metrics import EmfMetrics
from llm_router.adapters.policy_files import packaged_policy
from llm_router.adapters.providers.keys import _FRESH_SECONDS
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.outcome.ledger import Attempt, LedgerRecord
from llm_router.domain.routing.decision import Start
from llm_router.domain.tiers import TIERS
from llm_router.domain.trust.signals import signals
from operations.cost.architecture import architecture
from operations.cost.estimate import Traffic
from tests.support.cascade_fixtures import candidate, invoking, state_input
from tests.support.policies import POLICY
from tests.support.scripted_routing import attempt, outcome

ROOT = Path(__file__).parents[3]
ASL = ROOT / "statemachine" / "cascade.asl.json"
USES = architecture()
CLOUDWATCH_BYTES = 26
"""What CloudWatch Logs adds to the size of each event."""

EVENTS = {"Pass": 2, "Choice": 2, "Map": 4, "Task": 5}
"""Events of one state: entered and exited, a task's or map state's course between them.

An iteration has two more.
"""


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    found = {n: r for n, r in template["Resources"].items() if r["Type"] == kind}
    assert found
    return found


def test_memory_is_the_templates(template: dict[str, Any]) -> None:
    default = template["Globals"]["Function"]["MemorySize"]
    functions = of_type(template, "AWS::Serverless::Function")
    assert USES.memory_mb == {
        re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.removesuffix("Function")).lower(): (
            function["Properties"].get("MemorySize", default)
        )
        for name, function in functions.items()
    }


def test_resources_and_retention_are_the_templates(template: dict[str, Any]) -> None:
    counted = USES.template
    assert counted.alarms == len(of_type(template, "AWS::CloudWatch::Alarm"))
    assert counted.dashboards == len(of_type(template, "AWS::CloudWatch::Dashboard"))
    assert counted.secrets == len(of_type(template, "AWS::SecretsManager::Secret"))
    parameters = template["Parameters"]
    assert counted.log_days == int(parameters["LogRetentionDays"]["Default"])
    assert counted.ledger_days == int(parameters["LedgerRetentionDays"]["Default"])
    shadow = template["Resources"]["ShadowFunction"]["Properties"]["Events"]
    (schedule,) = [e["Properties"]["Schedule"] for e in shadow.values() if e["Type"] == "Schedule"]
    assert schedule == f"rate({counted.shadow_every_minutes} minutes)"


def test_cache_and_endpoints_are_the_templates(template: dict[str, Any]) -> None:
    (cache,) = of_type(template, "AWS::ElastiCache::ReplicationGroup").values()
    nodes = USES.template.cache_nodes
    choice = {"Fn::If": ["IsMultiAz", nodes.multi_az, nodes.single]}
    assert cache["Properties"]["NumCacheClusters"] == choice
    assert cache["Properties"]["CacheNodeType"] == "cache.t4g.micro"
    assert cache["Properties"]["Engine"] == "valkey"
    endpoints = of_type(template, "AWS::EC2::VPCEndpoint").values()
    (endpoint,) = [
        e["Properties"] for e in endpoints if e["Properties"]["VpcEndpointType"] == "Interface"
    ]
    created = endpoint["SubnetIds"]["Fn::If"][1]["Fn::If"]
    zones = USES.template.endpoint_zones
    assert len(endpoint["SubnetIds"]["Fn::If"][2]) == zones.existing
    assert created[0] == "IsMultiAz"
    assert [len(subnets) for subnets in created[1:]] == [zones.multi_az, zones.single]


def test_the_defaults_are_the_templates(template: dict[str, Any]) -> None:
    default = {name: one.get("Default") for name, one in template["Parameters"].items()}
    traffic = Traffic()
    assert (traffic.cache, traffic.architecture) == (default["CacheMode"], default["Architecture"])
    assert traffic.multi_az is (default["MultiAz"] == "true")
    assert traffic.endpoints is (default["CreateEndpoints"] == "true")
    assert traffic.shadow is (default["ShadowChecks"] == "on")
    assert traffic.ledgers is (int(default["LedgerRetentionDays"]) > 0)


def test_the_key_tables_encryption_is_not_billed(template: dict[str, Any]) -> None:
    for table in of_type(template, "AWS::DynamoDB::Table").values():
        assert "SSESpecification" not in table["Properties"]


def test_nothing_else_of_the_template_costs_by_the_hour(template: dict[str, Any]) -> None:
    known = {
        "AWS::ApiGateway", "AWS::CloudWatch", "AWS::DynamoDB", "AWS::EC2", "AWS::ElastiCache",
        "AWS::IAM", "AWS::Lambda", "AWS::Logs", "AWS::S3", "AWS::SNS", "AWS::SecretsManager",
        "AWS::Serverless", "AWS::Events", "AWS::Scheduler",
    }  # fmt: skip
    services = {r["Type"].rpartition("::")[0] for r in template["Resources"].values()}
    assert services <= known
    costly = {"NatGateway", "EIP", "Instance", "VPNGateway", "TransitGateway"}
    assert not {r["Type"].rpartition("::")[2] for r in template["Resources"].values()} & costly


def events_of(run: Execution) -> int:
    machine = json.loads(ASL.read_text())["States"]
    kinds = {name: state["Type"] for name, state in machine.items()}
    processor = machine["Call Models"]["ItemProcessor"]
    kinds |= {name: state["Type"] for name, state in processor["States"].items()}
    iterations = run.states.count(processor["StartAt"])
    return 2 + 2 * iterations + sum(EVENTS[kinds[name]] for name in run.states)


def test_an_execution_logs_so_many_events(template: dict[str, Any]) -> None:
    (cascade,) = of_type(template, "AWS::Serverless::StateMachine").values()
    logging = cascade["Properties"]["Logging"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
    candidates = [candidate("a1", "a", 1), candidate("b1", "b", 1), candidate("a2", "a", 2)]
    machine = StateMachine(json.loads(ASL.read_text()))

    def events(script: dict[str, str], **plan: Any) -> int:
        return events_of(machine.run(state_input(candidates, **plan), invoking(script)))

    one = events({"a1": "confident"})
    both = events({"a1": "confident", "b1": "confident"}, second_opinion="always")
    escalated = events({"a1": "refusing", "a2": "confident"})
    assert USES.events.one_call == one
    assert USES.events.second_opinion == both - one
    assert USES.events.escalation == escalated - one


def test_an_execution_fits_one_chunk_of_memory() -> None:
    # AWS: 50 MB, the definition, and the data of each parallel branch; a state holds 256 KiB.
    machine, definition = USES.machine, ASL.stat().st_size
    used_mb = machine.base_mb + (definition + 2 * 256 * 1024) / 2**20
    assert used_mb <= machine.chunks * machine.chunk_mb


def series_of(output: str) -> set[tuple[str, ...]]:
    found = set[tuple[str, ...]]()
    for line in output.splitlines():
        written = json.loads(line)
        for directive in written["_aws"]["CloudWatchMetrics"]:
            for dimensions in directive["Dimensions"]:
                values = tuple(written[name] for name in sorted(dimensions))
                found |= {(metric["Name"], *values) for metric in directive["Metrics"]}
    return found


def written_by_a_request(calls: int) -> None:
    usage = Usage(input_tokens=1_234, output_tokens=345).model_dump()
    attempts = [
        {**attempt(f"claude-haiku-5-{n}", 10, "first"), "usage": usage} for n in range(calls)
    ]
    metrics = EmfMetrics("llm-router")
    metrics.request_finished(outcome(attempts=attempts), 1_000, 1_234, exhausted=False)
    metrics.tier_finished(TIERS[1], escalated=False, advice=None)


def test_metric_series_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    written_by_a_request(2)
    metrics = EmfMetrics("llm-router")
    metrics.count_policy_refused()
    metrics.count_reply("Replayed")
    metrics.count_reply("ReplyNotKept")
    found = series_of(capsys.readouterr().out)
    series = USES.series
    assert len(found) == series.service + 2 * series.per_model + series.per_tier
    assert series.tiers == len(TIERS)
    assert series.models == len(packaged_policy().models)


def test_bytes_of_metrics_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = []
    for calls in (1, 2):
        written_by_a_request(calls)
        lines = capsys.readouterr().out.splitlines()
        sizes.append(sum(len(line.encode()) + CLOUDWATCH_BYTES for line in lines))
    of_attempt = sizes[1] - sizes[0]
    assert USES.bytes.metrics_of_attempt == pytest.approx(of_attempt, rel=0.05)
    assert USES.bytes.metrics_of_request == pytest.approx(sizes[0] - of_attempt, rel=0.05)


def test_bytes_of_ledgers_are_measured() -> None:
    answer = Answer(text="It is 42, plain and complete.", finish_reason="stop")
    call = Attempt(
        model="claude-haiku-5-5", provider="anthropic", rank=10, reason="first",
        outcome="answered", confidence=0.8231, signals=signals(answer, 10), latency_ms=1_234,
        started_epoch_ms=1_800_000_000_000, max_output_tokens=4_096, cost_nano_usd=123_456,
        usage=Usage(input_tokens=1_234, output_tokens=345),
    )  # fmt: skip
    one, two = (
        LedgerRecord(
            request_id=f"20261129-{'0' * 32}", tenant="acme", received_epoch_ms=1_800_000_000_000,
            policy_version="0123456789abcdef", status="answered",
            start=Start(tier=TIERS[0], strategy="rule"), requirements=POLICY.tiers[TIERS[0]],
            answered_by=call.model, confidence=0.8231, degraded=False, attempts=(call,) * calls,
            cost_nano_usd=123_456, baseline_nano_usd=1_234_567,
        )
        for calls in (1, 2)
    )  # fmt: skip
    sizes = [len(record.model_dump_json(exclude_none=True)) for record in (one, two)]
    assert USES.bytes.ledger_of_attempt == pytest.approx(sizes[1] - sizes[0], rel=0.05)
    assert USES.bytes.ledger == pytest.approx(2 * sizes[0] - sizes[1], rel=0.05)


def test_secrets_are_read_again_as_often_as_the_keys_say() -> None:
    assert USES.reads.secret_fresh_seconds == _FRESH_SECONDS
