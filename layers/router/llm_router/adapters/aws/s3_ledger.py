"""Ledgers and labels as S3 objects, one folder per day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from llm_router.application.errors import LedgersDownError
from llm_router.domain.outcome.ledger import Label, LedgerRecord

from .s3_errors import NO_SUCH_KEY, error_code
from .s3_writer import S3Writer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NO_LEDGER = "ledger/none"
"""A key under which nothing is stored."""

logger = Logger(child=True)


class S3Ledger:
    """Stores `ledger/<day>/<request id>.json` and `labels/<day>/…`; ids begin with their day."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._writer = S3Writer(client, bucket, "ledger")

    def prepare(self) -> None:
        """Open the connection for `keep` in the background."""
        self._writer.connect(_NO_LEDGER)

    def keep(self, record: LedgerRecord) -> None:
        """Store a record; waits at most 500 ms and logs the first of several failures."""
        body = record.model_dump_json(exclude_none=True).encode()
        key = _key("ledger", record.request_id)
        self._writer.write(key, body, record.request_id)

    def find(self, request_id: str) -> LedgerRecord | None:
        """The record of a request; None if it cannot be read or does not exist (any more).

        Raises `LedgersDownError` while S3 does not answer.
        """
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=_key("ledger", request_id))
            return LedgerRecord.model_validate_json(found["Body"].read())
        except ClientError as error:
            if error_code(error) != NO_SUCH_KEY:
                logger.warning("ledger not found", request_id=request_id, reason=error_code(error))
        except BotoCoreError as error:
            raise LedgersDownError("ledgers cannot be read now; try again") from error
        except ValidationError:
            logger.warning("ledger not readable", request_id=request_id)
        return None

    def label(self, label: Label) -> None:
        """Store a user's score of an answer; raises `LedgersDownError` if that fails."""
        key, body = _key("labels", label.request_id), label.model_dump_json().encode()
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body)
        except (BotoCoreError, ClientError) as error:
            logger.warning("label not kept", request_id=label.request_id, reason=str(error))
            raise LedgersDownError("the score cannot be stored now; try again") from error


def _key(folder: str, request_id: str) -> str:
    day = request_id.partition("-")[0]
    return f"{folder}/{day}/{request_id}.json"
