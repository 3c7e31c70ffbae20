"""Writes S3 objects that no reply depends on, so that a request hardly waits for them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

WAIT_SECONDS = 0.5
"""S3 answers small requests within 100 to 200 ms; the rest is for a new connection."""

_WARM_SECONDS = 30
"""A cascade and this together stay below the 60 s after which an idle connection is closed."""

logger = Logger(child=True)


class S3Writer:
    """Waits for a write for at most 500 ms; it then ends in the background and logs its end."""

    def __init__(
        self, client: S3Client, bucket: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock
        self._used = -float("inf")

    def connect(self, key: str) -> None:
        """Open the connection in the background if there may be none.

        It asks for an object that does not exist: the role may read `key`, so this needs no
        permission of its own. S3 says 403 or 404, and the connection stays.
        """
        used, self._used = self._used, self._clock()
        if not 0 <= self._used - used <= _WARM_SECONDS:
            threading.Thread(target=self._ask_for, args=(key,), daemon=True).start()

    def write(self, key: str, body: bytes, what: str, request_id: str) -> None:
        """Write an object; logs "<what> not kept" or "<what> kept late", unless kept in time."""
        in_time: Future[None] = Future()

        def put() -> None:
            error: Exception | None = None
            try:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body)
            except (BotoCoreError, ClientError) as failed:
                error = failed
            late = not in_time.set_running_or_notify_cancel()
            if error is not None:
                logger.warning(f"{what} not kept", request_id=request_id, reason=str(error))
            elif late:
                logger.info(f"{what} kept late", request_id=request_id)
            if not late:
                in_time.set_result(None)

        self._used = self._clock()
        threading.Thread(target=put, daemon=True).start()
        try:
            in_time.result(timeout=WAIT_SECONDS)
        except TimeoutError:
            in_time.cancel()

    def _ask_for(self, key: str) -> None:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError):
            return
