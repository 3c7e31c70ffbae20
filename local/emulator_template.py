"""Adapts the built template to the emulator, which lacks some of what AWS has."""

from copy import deepcopy
from typing import Any

Json = dict[str, Any]

_CACHE_USERS = ("CacheUser", "CacheUsers")
_UNKNOWN = "AWS::EC2::SecurityGroupIngress"
_SIGN_IN = "elasticache:Connect"


def adapted(template: Json, endpoint_url: str, alarm_period_seconds: int) -> Json:
    """A copy whose functions call `endpoint_url` instead of AWS.

    The emulator's Redis speaks no TLS and knows no users, its networks have no rules, and its
    gateway evaluates no conditions in the headers of its own replies. Alarms look back only some
    seconds, for tests and demonstrations.
    """
    made = deepcopy(template)
    resources = {n: r for n, r in made["Resources"].items() if r["Type"] != _UNKNOWN}
    made["Resources"] = resources
    made["Globals"]["Function"]["Environment"]["Variables"]["AWS_ENDPOINT_URL"] = endpoint_url
    for name in _CACHE_USERS:
        del resources[name]
    cache = resources["Cache"]["Properties"]
    cache["TransitEncryptionEnabled"] = False
    del cache["UserGroupIds"]
    resources["RouteFunction"]["Properties"]["Environment"]["Variables"] |= {
        "CACHE_TLS": "false",
        "CACHE_USER": "",
        "ENDPOINT": "",
    }
    for policy in resources["RouteRole"]["Properties"]["Policies"]:
        document = policy["PolicyDocument"]
        document["Statement"] = [s for s in document["Statement"] if not _signs_in(s)]
    for resource in resources.values():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            resource["Properties"]["Period"] = alarm_period_seconds
        if resource["Type"] == "AWS::Serverless::Api":
            for reply in resource["Properties"]["GatewayResponses"].values():
                parameters = reply.get("ResponseParameters", {})
                given = parameters.get("Headers", {})
                parameters["Headers"] = {n: v for n, v in given.items() if isinstance(v, str)}
    return made


def _signs_in(statement: Json) -> bool:
    """True for the permission to sign in to a cache, which names the users."""
    inner = statement["Fn::If"][1] if "Fn::If" in statement else statement
    return bool(inner["Action"] == _SIGN_IN)
