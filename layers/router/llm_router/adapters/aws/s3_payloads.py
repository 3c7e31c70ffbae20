"""Keeps large values out of a state, whose size is limited, by storing them in S3."""

from __future__ import annotations

import json
import threading
import uuid
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.application.errors import PayloadLostError, PayloadNotStoredError
from llm_router.application.ports import Json

from .clients import outage_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PROMPT_BYTES = 64 * 1024
"""The largest conversation that is passed inline; a state holds it once."""
ANSWER_BYTES = 16 * 1024
"""The largest answer that is passed inline; a state holds one of each rank, and the best again."""

logger = Logger(child=True)


class S3Payloads:
    """Passes values up to `inline_bytes` of JSON inline, larger ones as the key of an S3 object."""

    def __init__(self, client: S3Client, bucket: str, inline_bytes: int) -> None:
        self._client = client
        self._bucket = bucket
        self._inline_bytes = inline_bytes

    def offload(self, value: Json) -> Json:
        """Return `{"inline": value}`, or store the value and return `{"s3_key": key}`.

        Raises `PayloadNotStoredError` if the value cannot be stored.
        """
        encoded = json.dumps(value).encode()
        if len(encoded) <= self._inline_bytes:
            return {"inline": value}
        key = f"payloads/{uuid.uuid4()}.json"
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=encoded)
        except (BotoCoreError, ClientError) as error:
            logger.warning("payload not stored", reason=str(error))
            raise PayloadNotStoredError("a payload cannot be stored") from error
        return {"s3_key": key}

    def resolve(self, reference: Json) -> Json:
        """Return the value; raises `PayloadLostError` if it cannot be fetched."""
        if "inline" in reference:
            inline: Json = reference["inline"]
            return inline
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=reference["s3_key"])["Body"]
            value: Json = json.loads(body.read())
        except (BotoCoreError, ClientError, ValueError) as error:
            logger.warning("payload not fetched", reason=str(error))
            raise PayloadLostError("a payload cannot be fetched") from error
        return value

    def discard(self, reference: Json) -> None:
        """Delete the object if there is one, in the background: no caller waits for it.

        On failure, or while S3 is left alone, the bucket's lifecycle deletes it later.
        """
        if "s3_key" in reference and not outage_of(self._client).is_resting:
            threading.Thread(target=self._delete, args=(reference["s3_key"],), daemon=True).start()

    def _delete(self, key: str) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError):
            return
