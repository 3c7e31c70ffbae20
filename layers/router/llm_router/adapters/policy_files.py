"""The policy: packaged with the layer, or an S3 object that overrides it."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from ..domain.policy import Policy, PolicyError, parse_policy

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_FRESH_SECONDS = 30

logger = Logger(child=True)


def packaged_policy_text(name: str) -> str:
    """The text of a policy that ships with the router: `default` or `local`."""
    return (resources.files("llm_router.policy") / f"{name}.toml").read_text()


def packaged_policy(name: str = "default") -> Policy:
    """A policy that ships with the router, read."""
    return parse_policy(packaged_policy_text(name), f"policy/{name}.toml")


class PackagedPolicy:
    """Always the default policy of this version."""

    def __init__(self) -> None:
        self._policy = packaged_policy()

    def current(self) -> Policy:
        """The policy in force."""
        return self._policy


class S3Policy:
    """The policy in an S3 object, looked at again every 30 s.

    An object that cannot be read or is not a valid policy is refused: the last good one stays in
    force, and the log says why. At the start there is none, so the error is raised.
    """

    def __init__(
        self, client: S3Client, uri: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._uri = uri
        self._bucket, _, self._key = uri.removeprefix("s3://").partition("/")
        self._policy = self._read()
        self._read_at = self._clock()

    def current(self) -> Policy:
        """The policy in force."""
        if self._clock() - self._read_at > _FRESH_SECONDS:
            self._read_at = self._clock()
            try:
                self._policy = self._read()
            except PolicyError as error:
                logger.error("policy refused, keeping the last good one", reason=str(error))
        return self._policy

    def _read(self) -> Policy:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=self._key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise PolicyError(f"{self._uri}: cannot be read: {error}") from error
        return parse_policy(body.decode(), self._uri)
