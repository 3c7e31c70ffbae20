"""Shadow checks as S3 objects: waiting jobs, one result per request, one spend per day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError
from pydantic import ValidationError

from llm_router.application.shadow_check import SpendConflictError
from llm_router.domain.shadow_check import ShadowJob, ShadowResult, ShadowSpend

from .s3_errors import ACCESS_DENIED, CHANGED, NO_SUCH_KEY, error_code
from .s3_writer import S3Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

_JOBS = "shadow/"
_SPENDS = "shadow-results/spend/"

logger = Logger(child=True)


class S3ShadowQueue:
    """Writes `shadow/<request id>.json`; `route` may only add jobs."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._writer = S3Writer(client, bucket, "shadow job")

    def add(self, job: ShadowJob) -> None:
        """Add a job; waits at most 500 ms and logs a failure."""
        key, body = _job_key(job.request_id), job.model_dump_json().encode()
        self._writer.write(key, body, job.request_id)


class S3ShadowJobs:
    """Takes jobs; stores `shadow-results/<day>/<request id>.json` and `shadow-results/spend/…`."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._versions: dict[str, str] = {}

    def waiting(self) -> Iterator[str]:
        """The request ids of the waiting jobs, in the order of their keys."""
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=_JOBS):
            for found in page.get("Contents", []):
                yield found["Key"].removeprefix(_JOBS).removesuffix(".json")

    def take(self, request_id: str) -> ShadowJob | None:
        """Delete a job and return it; None if it is gone or cannot be read.

        Of two runs that take a job at the same time, one gets it: only the first deletion finds it.
        """
        key = _job_key(request_id)
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key)
            body = found["Body"].read()
        except ClientError as error:
            if self._is_gone(key, error, frozenset({NO_SUCH_KEY})):
                return None
            if error_code(error) != ACCESS_DENIED:
                raise
            logger.error("shadow job not readable", request_id=request_id, reason=ACCESS_DENIED)
            return None
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key, IfMatch=found["ETag"])
        except ClientError as error:
            if self._is_gone(key, error, CHANGED):
                return None
            raise
        try:
            return ShadowJob.model_validate_json(body)
        except ValidationError:
            logger.warning("shadow job not readable", request_id=request_id, reason="invalid")
            return None

    def _is_gone(self, key: str, error: ClientError, codes: frozenset[str]) -> bool:
        """True if the error means that the object does not exist (any more).

        The role may list job keys, but a read or deletion names no prefix: S3 then denies access to
        a missing object.
        """
        if error_code(error) != ACCESS_DENIED:
            return error_code(error) in codes
        return not self._exists(key)

    def _exists(self, key: str) -> bool:
        listed = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return any(found["Key"] == key for found in listed.get("Contents", []))

    def keep(self, result: ShadowResult) -> None:
        """Store the result of a check under the day of its request."""
        day = result.request_id.partition("-")[0]
        body = result.model_dump_json(exclude_none=True).encode()
        key = f"shadow-results/{day}/{result.request_id}.json"
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    def spend(self, day: str) -> ShadowSpend:
        """The spend of a day; zero if there is no object yet."""
        key = f"{_SPENDS}{day}.json"
        # A missing object would be "access denied".
        if not self._exists(key):
            self._versions.pop(day, None)
            return ShadowSpend(day=day)
        found = self._client.get_object(Bucket=self._bucket, Key=key)
        self._versions[day] = found["ETag"]
        return ShadowSpend.model_validate_json(found["Body"].read())

    def book(self, spend: ShadowSpend) -> None:
        """Replace the spend of its day.

        Raises `SpendConflictError` if it has changed since the last read or write.
        """
        known = self._versions.get(spend.day)
        condition: dict[str, Any] = {"IfMatch": known} if known else {"IfNoneMatch": "*"}
        try:
            written = self._client.put_object(
                Bucket=self._bucket,
                Key=f"{_SPENDS}{spend.day}.json",
                Body=spend.model_dump_json().encode(),
                **condition,
            )
        except ClientError as error:
            if error_code(error) in CHANGED:
                raise SpendConflictError(spend.day) from error
            raise
        self._versions[spend.day] = written["ETag"]


def _job_key(request_id: str) -> str:
    return f"{_JOBS}{request_id}.json"
