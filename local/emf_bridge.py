"""Turns embedded metric format in the functions' logs into metrics, as CloudWatch itself does.

The emulator keeps logs and metrics but does not connect them.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

POLL_SECONDS = 0.5
LOOK_BACK_MS = 5_000
_MS_PER_SECOND = 1000

Line = tuple[str, int, str]


def metric_data(message: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The (namespace, datum) pairs of one log line; none if the line is not in the format."""
    try:
        line = json.loads(message)
    except ValueError:
        return
    if not isinstance(line, dict) or not isinstance(line.get("_aws"), dict):
        return
    timestamp = line["_aws"]["Timestamp"] / _MS_PER_SECOND
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = [{"Name": name, "Value": str(line[name])} for name in names]
            for metric in directive["Metrics"]:
                values = line[metric["Name"]]
                yield (
                    directive["Namespace"],
                    {
                        "MetricName": metric["Name"],
                        "Dimensions": dimensions,
                        "Timestamp": timestamp,
                        "Values": values if isinstance(values, list) else [values],
                        "Unit": metric.get("Unit", "None"),
                    },
                )


class Bridge:
    """Follows a log group and publishes each line once.

    A line is identified by its stream, time and text; equal lines are counted, so none is lost.
    Lines may appear late, so the last 5 s are read again.
    """

    def __init__(self, logs: Any, cloudwatch: Any, log_group: str) -> None:
        self._logs = logs
        self._cloudwatch = cloudwatch
        self._log_group = log_group
        self._since_ms = 0
        self._published = Counter[Line]()

    def forward(self) -> None:
        """Publish the metrics of all new lines."""
        pages = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=self._log_group, startTime=self._since_ms
        )
        found = Counter[Line](
            (event["logStreamName"], event["timestamp"], event["message"])
            for page in pages
            for event in page["events"]
        )
        for line in (found - self._published).elements():
            self._publish(line[2])
        self._published = found
        newest = max((timestamp for _, timestamp, _ in found), default=self._since_ms)
        self._since_ms = max(self._since_ms, newest - LOOK_BACK_MS)

    def _publish(self, message: str) -> None:
        by_namespace: dict[str, list[dict[str, Any]]] = {}
        for namespace, datum in metric_data(message):
            by_namespace.setdefault(namespace, []).append(datum)
        for namespace, data in by_namespace.items():
            self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)


def main(endpoint_url: str, log_group: str) -> None:
    """Forward lines until the process is stopped; retries while the log group is missing."""
    logs = boto3.client("logs", endpoint_url=endpoint_url)
    cloudwatch = boto3.client("cloudwatch", endpoint_url=endpoint_url)
    bridge = Bridge(logs, cloudwatch, log_group)
    while True:
        try:
            bridge.forward()
        except (BotoCoreError, ClientError) as error:
            print(f"will try again: {error}", flush=True)  # noqa: T201
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
