"""Ledgers and labels as S3 objects, one folder per day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from llm_router.adapters.time_budget import run_with_timeout
from llm_router.domain.outcome.ledger import Label, LedgerRecord

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_KEEP_SECONDS = 0.1

logger = Logger(child=True)


class S3Ledger:
    """Stores `ledger/<day>/<request id>.json` and `labels/<day>/…`; ids begin with their day."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, record: LedgerRecord) -> None:
        """Store a record; logs a warning on failure or after 100 ms."""
        body = record.model_dump_json(exclude_none=True).encode()
        try:
            run_with_timeout(
                _KEEP_SECONDS, lambda: self._put(_key("ledger", record.request_id), body)
            )
        except (BotoCoreError, ClientError, TimeoutError) as error:
            logger.warning("ledger not kept", request_id=record.request_id, reason=str(error))

    def find(self, request_id: str) -> LedgerRecord | None:
        """The record of a request; None if it cannot be read or does not exist (any more)."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=_key("ledger", request_id))
            return LedgerRecord.model_validate_json(found["Body"].read())
        except (ClientError, ValidationError):
            return None

    def label(self, label: Label) -> None:
        """Store a user's score of an answer."""
        self._put(_key("labels", label.request_id), label.model_dump_json().encode())

    def _put(self, key: str, body: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body)


def _key(folder: str, request_id: str) -> str:
    day = request_id.partition("-")[0]
    return f"{folder}/{day}/{request_id}.json"
