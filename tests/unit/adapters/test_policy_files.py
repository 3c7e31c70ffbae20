import io
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from llm_router.adapters.policy_files import S3Policy
from llm_router.domain.policy.policy import PolicyError
from tests.support.fake_s3 import FakeS3
from tests.support.policies import POLICY_TEXT, replaced

GOOD = POLICY_TEXT
MISSPELT = replaced("rank = 20", "rnk = 20")
COPY = ("payloads", "last-good.toml")
CHANGED = replaced("attempt_share = 0.6", "attempt_share = 0.5")
UNKNOWN_WEIGHTS = replaced('weights = "classifier-1"', 'weights = "not-deployed"', CHANGED)


class Bucket:
    """An S3 client with the policy's object and the kept copy."""

    def __init__(self, text: str | None, copy: str | None = None) -> None:
        self.text = text
        self.copy = copy
        self.reads = 0
        self.refused = 0
        self.outage: Exception | None = None

    def get_object(self, **place: Any) -> dict[str, Any]:
        self.reads += 1
        if self.outage is not None:
            raise self.outage
        text = self.text if place["Key"] == "policy.toml" else self.copy
        if text is None:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": io.BytesIO(text.encode())}

    def put_object(self, **kept: Any) -> None:
        assert (kept["Bucket"], kept["Key"]) == COPY
        self.copy = kept["Body"].decode()

    def count_refused(self) -> None:
        self.refused += 1


class Clock:
    """Time that passes when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def source(bucket: Bucket, clock: Clock) -> S3Policy:
    client: Any = bucket
    return S3Policy(client, "s3://b/policy.toml", COPY, bucket.count_refused, clock)


def test_a_changed_policy_is_followed_without_a_deployment() -> None:
    bucket, clock = Bucket(GOOD), Clock()
    policies = source(bucket, clock)
    bucket.text = CHANGED
    assert policies.current().limits.attempt_share == 0.6
    assert bucket.reads == 1
    clock.now += 31
    assert policies.current().limits.attempt_share == 0.5


@pytest.mark.parametrize("bad", [MISSPELT, UNKNOWN_WEIGHTS, None])
def test_a_bad_new_version_is_refused_and_the_old_one_serves(
    bad: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    bucket, clock = Bucket(GOOD), Clock()
    policies = source(bucket, clock)
    bucket.text = bad
    clock.now += 31
    assert policies.current().limits.attempt_share == 0.6
    assert "policy refused" in caplog.text
    assert bucket.refused == 1
    assert bucket.copy == GOOD


def test_a_function_that_starts_while_the_policy_is_bad_has_the_last_good_one() -> None:
    bucket, clock = Bucket(GOOD), Clock()
    source(bucket, clock)
    bucket.text = CHANGED
    source(bucket, clock)
    bucket.text = "bad"
    assert source(bucket, clock).current().limits.attempt_share == 0.5
    assert bucket.refused == 1


@pytest.mark.parametrize(
    ("bad", "key"),
    [(MISSPELT, ".*rnk"), (UNKNOWN_WEIGHTS, r"classifier\.weights: ")],
)
def test_a_bad_first_version_stops_the_function_with_the_key(bad: str, key: str) -> None:
    with pytest.raises(PolicyError, match=rf"s3://b/policy\.toml: {key}"):
        source(Bucket(bad), Clock())


@pytest.mark.parametrize("missing", ["AccessDenied", "NoSuchKey"])
def test_without_a_copy_a_bad_first_version_is_what_stops_the_function(
    missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    s3 = FakeS3({"policy.toml": MISSPELT.encode()})
    s3.missing = missing
    with pytest.raises(PolicyError, match="rnk"):
        S3Policy(s3.client(), "s3://b/policy.toml", COPY, lambda: None)
    assert missing in str([vars(record) for record in caplog.records])


@pytest.mark.parametrize(
    "outage",
    [
        ReadTimeoutError(endpoint_url="https://s3"),
        ClientError(
            {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}},  # type: ignore[typeddict-item]
            "GetObject",
        ),
    ],
)
def test_an_outage_of_s3_says_nothing_about_the_policy(
    outage: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bucket, clock = Bucket(GOOD), Clock()
    policies = source(bucket, clock)
    before = policies.current()
    bucket.outage, clock.now = outage, 31
    assert policies.current() == before
    assert "policy not read" in caplog.text
    assert bucket.refused == 0
