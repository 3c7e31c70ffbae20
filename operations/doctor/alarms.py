"""Checks of what watches the router: the alarms' topic and the metrics of the last day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from llm_router.adapters.aws.emf_metrics import NAMESPACE

from .deployed import Deployed
from .findings import Finding, ok, warning

_HOUR = 3600
_DAY = timedelta(days=1)
_NOT_SUBSCRIBED = frozenset({"PendingConfirmation", "Deleted"})


class Metric(NamedTuple):
    """A metric whose sum is wanted."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


def somebody_is_told(deployed: Deployed) -> Iterator[Finding]:
    """Check that the alarms' topic has a confirmed subscription."""
    topic = deployed.output("AlarmTopicArn")
    pages = (
        deployed.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    )
    found = [each for page in pages for each in page["Subscriptions"]]
    confirmed = [each for each in found if each["SubscriptionArn"] not in _NOT_SUBSCRIBED]
    pending = [each for each in found if each["SubscriptionArn"] == "PendingConfirmation"]
    if pending:
        named = ", ".join(f"{each['Protocol']} {each['Endpoint']}" for each in pending)
        yield warning(f"not confirmed yet: {named}", "open the link in AWS's message to it")
    if confirmed:
        yield ok(f"{len(confirmed)} confirmed subscriptions to alarms")
    elif not pending:
        yield warning(
            "nobody is told of alarms: their topic has no subscription",
            f"deploy with AlarmEmail, or aws sns subscribe --topic-arn {topic}",
        )


def last_day_was_quiet(deployed: Deployed) -> Iterator[Finding]:
    """Check yesterday's errors and throttles."""
    router = (("service", deployed.service_name),)
    wanted = {
        f"{name} of {function.logical_id}": Metric(
            "AWS/Lambda", name, (("FunctionName", function.physical_id),)
        )
        for function in deployed.stack.of_type("AWS::Lambda::Function")
        for name in ("Errors", "Throttles")
    }
    api = deployed.client("apigateway").get_rest_api(restApiId=deployed.output("ApiId"))["name"]
    wanted["5XX replies of the API"] = Metric("AWS/ApiGateway", "5XXError", (("ApiName", api),))
    wanted["refused policies"] = Metric(NAMESPACE, "PolicyRefused", router)
    wanted["requests without an answer"] = Metric(NAMESPACE, "Exhausted", router)
    sums = sums_of_the_last_day(deployed, wanted)
    found = [f"{sums[name]:g} {name}" for name in wanted if sums[name]]
    if found:
        yield warning(
            f"in the last 24 h: {', '.join(found)}",
            "look at the functions' logs; for Throttles at the check quotas",
        )
    else:
        yield ok("no errors and no throttles in the last 24 h")


def sums_of_the_last_day(deployed: Deployed, wanted: dict[str, Metric]) -> dict[str, float]:
    """The sums of metrics over the last 24 h; 0 where nothing was measured."""
    names, now = list(wanted), datetime.now(UTC)
    queries: list[Any] = [
        {
            "Id": f"m{place}",
            "MetricStat": {
                "Metric": {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": k, "Value": v} for k, v in metric.dimensions],
                },
                "Period": _HOUR,
                "Stat": "Sum",
            },
        }
        for place, metric in enumerate(wanted.values())
    ]
    sums = dict.fromkeys(names, 0.0)
    pages = (
        deployed.client("cloudwatch")
        .get_paginator("get_metric_data")
        .paginate(MetricDataQueries=queries, StartTime=now - _DAY, EndTime=now)
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            sums[names[int(result["Id"][1:])]] += sum(result["Values"])
    return sums
