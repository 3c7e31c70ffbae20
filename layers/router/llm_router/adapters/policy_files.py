"""The policy: packaged with the layer, or an S3 object that overrides it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.adapters.outage import Outage
from llm_router.domain.classifier.local_classifier import LocalClassifier
from llm_router.domain.classifier.weights_file import ClassifierError
from llm_router.domain.policy.policy import Policy, PolicyError, parse_policy

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@cache
def packaged_classifier(name: str) -> LocalClassifier:
    """The classifier in `policy/<name>.bin`; `ClassifierError` if it is missing or misnamed."""
    try:
        data = (resources.files("llm_router.policy") / f"{name}.bin").read_bytes()
    except OSError as error:
        raise ClassifierError(f"there is no file policy/{name}.bin") from error
    classifier = LocalClassifier.from_bytes(data)
    if classifier.version != name:
        raise ClassifierError(f"policy/{name}.bin holds the weights {classifier.version!r}")
    return classifier


_FRESH_SECONDS = 30
_SERVER_ERRORS, _TOO_MANY_REQUESTS = 500, 429

logger = Logger(child=True)


def packaged_policy_text(name: str) -> str:
    """The text of a policy that ships with the router: `default` or `local`."""
    return (resources.files("llm_router.policy") / f"{name}.toml").read_text()


def packaged_policy(name: str = "default") -> Policy:
    """Parse and check a policy that ships with the router."""
    return checked_policy(packaged_policy_text(name), f"policy/{name}.toml")


def checked_policy(text: str, source: str) -> Policy:
    """Parse a policy; raises `PolicyError` also if its classifier cannot be loaded."""
    policy = parse_policy(text, source)
    try:
        packaged_classifier(policy.classifier.weights)
    except ClassifierError as error:
        raise PolicyError(f"{source}: classifier.weights: {error}") from error
    return policy


class PolicyNotReadError(PolicyError):
    """S3 did not answer, or asked for patience: nothing is known of the policy."""


class PackagedPolicy:
    """The source of this version's default policy."""

    def __init__(self) -> None:
        self._policy = packaged_policy()

    def current(self) -> Policy:
        """The policy in force."""
        return self._policy


class S3Policy:
    """The source of a policy in an S3 object, read again every 30 s.

    A missing or forbidden object or an invalid policy is refused: the last good policy stays in
    force, the reason is logged and `on_refused` is called. While S3 does not answer it stays too,
    which is logged alone and once. Each good version is copied to `kept_copy` (bucket and key),
    from which a function starts while the object is bad. Without a copy, the constructor raises
    `PolicyError`.
    """

    def __init__(
        self,
        client: S3Client,
        uri: str,
        kept_copy: tuple[str, str],
        on_refused: Callable[[], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._uri = uri
        self._place = bucket_and_key(uri)
        self._copy = kept_copy
        self._on_refused = on_refused
        self._clock = clock
        self._outage = Outage(
            "policy not read, keeping the last good one", "policy read again", 0, clock
        )
        self._policy = self._first()
        self._read_at = self._clock()

    def current(self) -> Policy:
        """The policy in force."""
        if not 0 <= self._clock() - self._read_at <= _FRESH_SECONDS:
            self._read_at = self._clock()
            try:
                policy = self._read(self._place)
            except PolicyError as error:
                self._refuse(error)
            else:
                if policy.version != self._policy.version:
                    self._keep(policy)
        return self._policy

    def _first(self) -> Policy:
        try:
            policy = self._read(self._place)
        except PolicyError as error:
            try:
                policy = self._read(self._copy)
            except PolicyError as no_copy:
                logger.warning("no copy of the policy is kept", reason=str(no_copy))
                raise error from None
            self._refuse(error)
        else:
            self._keep(policy)
        return policy

    def _refuse(self, error: PolicyError) -> None:
        if isinstance(error, PolicyNotReadError):
            self._outage.failed(str(error))
            return
        logger.error("policy refused, keeping the last good one", reason=str(error))
        self._on_refused()

    def _keep(self, policy: Policy) -> None:
        self._policy = policy
        bucket, key = self._copy
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=self._text.encode())
        except (BotoCoreError, ClientError) as error:
            logger.warning("no copy of the policy was kept", reason=str(error))

    def _read(self, place: tuple[str, str]) -> Policy:
        bucket, key = place
        try:
            body = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
            self._text = body.decode()
        except (BotoCoreError, ClientError, UnicodeDecodeError) as error:
            kind = PolicyNotReadError if _may_pass(error) else PolicyError
            raise kind(f"{self._uri}: cannot be read: {error}") from error
        self._outage.succeeded()
        return checked_policy(self._text, self._uri)


def _may_pass(error: Exception) -> bool:
    """True for an outage of S3 or of the way to it, and for its requests to slow down."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= _SERVER_ERRORS or status == _TOO_MANY_REQUESTS
    return isinstance(error, BotoCoreError)


def bucket_and_key(uri: str) -> tuple[str, str]:
    """The bucket and the key of an object's URI, `s3://<bucket>/<key>`."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
