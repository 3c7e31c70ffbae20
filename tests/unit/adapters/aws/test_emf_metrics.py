import json

import pytest

from llm_router.adapters.aws.emf_metrics import EmfMetrics
from local.emf_bridge import metric_data
from tests.support.scripted_routing import attempt, outcome


def published(output: str) -> list[tuple[str, dict[str, str], float]]:
    data = [datum for line in output.splitlines() for _, datum in metric_data(line)]
    return [
        (d["MetricName"], {x["Name"]: x["Value"] for x in d["Dimensions"]}, d["Values"][0])
        for d in data
    ]


def test_a_request_is_one_line_of_indicators(capsys: pytest.CaptureFixture[str]) -> None:
    fell_back = outcome(
        attempts=[attempt("a", 10, "first", "unavailable"), attempt("b", 10, "fallback")]
    )
    EmfMetrics("stack-1").request_finished(fell_back, 1_000, 123, exhausted=False)
    output = capsys.readouterr().out
    first = json.loads(output.splitlines()[0])
    assert first["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "LLMRouter"
    service = {"service": "stack-1"}
    requests = {name: value for name, dims, value in published(output) if dims == service}
    assert requests == {
        "Requests": 1, "FellBack": 1, "Escalated": 0, "Degraded": 0, "Exhausted": 0, "CacheHit": 0,
        "Latency": 123, "CostUSD": 2e-6, "SavedUSD": -1e-6,
    }  # fmt: skip
    failed = {d["model"]: value for name, d, value in published(output) if name == "AttemptFailed"}
    assert failed == {"a": 1, "b": 0}


def test_a_cascade_that_did_not_end_counts_as_exhausted_and_with_what_it_may_have_cost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lost = outcome(status="unfinished", answer=None, attempts=[], unknown_nano_usd=5_000)
    EmfMetrics("stack-1").request_finished(lost, None, 1, exhausted=True)
    values = {name: value for name, _, value in published(capsys.readouterr().out)}
    assert (values["Requests"], values["Exhausted"], values["CostUSD"]) == (1, 1, 5e-6)


def test_a_refused_policy_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    EmfMetrics("stack-1").count_policy_refused()
    assert published(capsys.readouterr().out) == [
        ("PolicyRefused", {"service": "stack-1"}, 1),
    ]


def test_a_replay_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    EmfMetrics("stack-1").count_reply("Replayed")
    assert published(capsys.readouterr().out) == [("Replayed", {"service": "stack-1"}, 1)]


@pytest.mark.parametrize("line", ["", "START", "{}", '{"_aws": 1}', "[1]"])
def test_other_log_lines_are_no_metrics(line: str) -> None:
    assert list(metric_data(line)) == []
