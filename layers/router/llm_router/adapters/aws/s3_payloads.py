"""Carries large values around the size limit of a state, by reference to an S3 object."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from llm_router.application.errors import PayloadLostError, PayloadNotKeptError
from llm_router.application.ports import Json

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

INLINE_BYTES = 64 * 1024


class S3Payloads:
    """Values up to 64 KiB of JSON travel as they are; larger ones as the key of an object."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def offload(self, value: Json) -> Json:
        """`{"inline": value}`, or `{"s3_key": key}` of an object that holds it.

        Raises `PayloadNotKeptError` if it cannot be stored.
        """
        encoded = json.dumps(value).encode()
        if len(encoded) <= INLINE_BYTES:
            return {"inline": value}
        key = f"payloads/{uuid.uuid4()}.json"
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=encoded)
        except (BotoCoreError, ClientError) as error:
            raise PayloadNotKeptError("a payload cannot be stored") from error
        return {"s3_key": key}

    def resolve(self, sealed: Json) -> Json:
        """The value that was sealed."""
        if "inline" in sealed:
            inline: Json = sealed["inline"]
            return inline
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=sealed["s3_key"])["Body"]
            value: Json = json.loads(body.read())
        except (BotoCoreError, ClientError, ValueError) as error:
            raise PayloadLostError("a payload cannot be fetched") from error
        return value

    def discard(self, sealed: Json) -> None:
        """Delete the object if there is one; the bucket's lifecycle is the backstop."""
        if "s3_key" in sealed:
            try:
                self._client.delete_object(Bucket=self._bucket, Key=sealed["s3_key"])
            except (BotoCoreError, ClientError):
                return
