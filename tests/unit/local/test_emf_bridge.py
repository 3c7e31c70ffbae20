import json
from typing import Any

from local.emf_bridge import Bridge

LINE = json.dumps(
    {
        "_aws": {
            "Timestamp": 1_800_000_000_000,
            "CloudWatchMetrics": [
                {
                    "Namespace": "N",
                    "Dimensions": [["service"], ["service", "model"]],
                    "Metrics": [{"Name": "Tries", "Unit": "Count"}],
                }
            ],
        },
        "service": "s",
        "model": "m",
        "Tries": [1, 2],
    }
)


class Logs:
    """A log group that can be paged."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def get_paginator(self, _name: str) -> "Logs":
        return self

    def paginate(self, startTime: int, **_: Any) -> list[dict[str, Any]]:
        return [{"events": [e for e in self.events if e["timestamp"] >= startTime]}]


class CloudWatch:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []

    def put_metric_data(self, MetricData: list[dict[str, Any]], **_: Any) -> None:
        self.data += MetricData


def event(timestamp: int, message: str = LINE, stream: str = "a") -> dict[str, Any]:
    return {"logStreamName": stream, "timestamp": timestamp, "message": message}


def test_each_line_is_published_once_even_if_equal_or_late() -> None:
    logs, cloudwatch = Logs(), CloudWatch()
    bridge = Bridge(logs, cloudwatch, "group")
    logs.events = [event(10_000), event(10_000), event(10_000, stream="b"), event(10_001, "START")]
    bridge.forward()
    assert len(cloudwatch.data) == 3 * 2
    bridge.forward()
    assert len(cloudwatch.data) == 3 * 2
    logs.events += [event(9_000), event(30_000)]
    bridge.forward()
    assert len(cloudwatch.data) == 5 * 2
    bridge.forward()
    assert len(cloudwatch.data) == 5 * 2


def test_every_set_of_dimensions_gets_all_values() -> None:
    logs, cloudwatch = Logs(), CloudWatch()
    logs.events = [event(1)]
    Bridge(logs, cloudwatch, "group").forward()
    first, second = cloudwatch.data
    assert first["Dimensions"] == [{"Name": "service", "Value": "s"}]
    assert {"Name": "model", "Value": "m"} in second["Dimensions"]
    assert first["Values"] == [1, 2]
