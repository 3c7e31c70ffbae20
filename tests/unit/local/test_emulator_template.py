"""The built template as the emulator gets it."""

import pytest

from local.emulator_template import adapted
from tests.support.cloudformation import Stack, source_template, transformed

URL = "http://127.0.0.1:4566"


@pytest.mark.parametrize("mode", ["create", "none"])
def test_it_is_whole_without_what_the_emulator_lacks(mode: str) -> None:
    template = adapted(source_template(), URL, alarm_period_seconds=3)
    parameters = {"CacheMode": mode, "ShadowChecks": "on"}
    stack = Stack(transformed(template, parameters), parameters)
    assert not {"CacheUser", "CacheUsers"} & set(stack.resources)
    functions = stack.of_type("AWS::Lambda::Function").values()
    assert {f["Environment"]["Variables"]["AWS_ENDPOINT_URL"] for f in functions} == {URL}
    assert {a["Period"] for a in stack.of_type("AWS::CloudWatch::Alarm").values()} == {3}
    for cache in stack.of_type("AWS::ElastiCache::ReplicationGroup").values():
        assert cache["TransitEncryptionEnabled"] is False
    (api,) = (r for r in template["Resources"].values() if r["Type"] == "AWS::Serverless::Api")
    replies = api["Properties"]["GatewayResponses"].values()
    headers = [r["ResponseParameters"]["Headers"] for r in replies if "ResponseParameters" in r]
    assert {"x-should-retry", "retry-after"} <= set().union(*headers)
    assert all(isinstance(value, str) for each in headers for value in each.values())


def test_the_template_itself_stays_as_it_is() -> None:
    before = repr(source_template())
    adapted(source_template(), URL, alarm_period_seconds=3)
    assert repr(source_template()) == before
