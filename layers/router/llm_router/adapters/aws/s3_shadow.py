"""Shadow checks as S3 objects: waiting jobs, one result per request, one spend per day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from llm_router.adapters.time_budget import run_with_timeout
from llm_router.domain.shadow_check import ShadowJob, ShadowResult, ShadowSpend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

_ADD_SECONDS = 0.1
_JOBS = "shadow/"
_SPENDS = "shadow-results/spend/"

logger = Logger(child=True)


class S3ShadowQueue:
    """Writes `shadow/<request id>.json`; `route` may only add jobs."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def add(self, job: ShadowJob) -> None:
        """Add a job; logs a warning on failure or after 100 ms."""
        key, body = _job_key(job.request_id), job.model_dump_json().encode()
        put = self._client.put_object
        try:
            run_with_timeout(_ADD_SECONDS, lambda: put(Bucket=self._bucket, Key=key, Body=body))
        except (BotoCoreError, ClientError, TimeoutError) as error:
            logger.warning("shadow job not kept", request_id=job.request_id, reason=str(error))


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
        """Delete a job and return it; None if it is gone or cannot be read."""
        key = _job_key(request_id)
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        self._client.delete_object(Bucket=self._bucket, Key=key)
        try:
            return ShadowJob.model_validate_json(body)
        except ValidationError:
            return None

    def keep(self, result: ShadowResult) -> None:
        """Store the result of a check under the day of its request."""
        day = result.request_id.partition("-")[0]
        body = result.model_dump_json(exclude_none=True).encode()
        key = f"shadow-results/{day}/{result.request_id}.json"
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    def spend(self, day: str) -> ShadowSpend:
        """The spend of a day; zero if there is no object yet."""
        key = f"{_SPENDS}{day}.json"
        # Without permission to list the whole bucket, reading a missing object is "access denied".
        listed = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        if not listed.get("Contents"):
            self._versions.pop(day, None)
            return ShadowSpend(day=day)
        found = self._client.get_object(Bucket=self._bucket, Key=key)
        self._versions[day] = found["ETag"]
        return ShadowSpend.model_validate_json(found["Body"].read())

    def book(self, spend: ShadowSpend) -> None:
        """Replace the spend of its day; raises if it has changed since the last read or write."""
        known = self._versions.get(spend.day)
        condition: dict[str, Any] = {"IfMatch": known} if known else {"IfNoneMatch": "*"}
        written = self._client.put_object(
            Bucket=self._bucket,
            Key=f"{_SPENDS}{spend.day}.json",
            Body=spend.model_dump_json().encode(),
            **condition,
        )
        self._versions[spend.day] = written["ETag"]


def _job_key(request_id: str) -> str:
    return f"{_JOBS}{request_id}.json"
