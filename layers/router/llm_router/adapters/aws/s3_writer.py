"""Writes S3 objects that no reply depends on, so that a request hardly waits for them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.adapters.outage import Outage

from .clients import outage_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

WAIT_SECONDS = 0.5
"""S3 answers small requests within 100 to 200 ms; the rest is for a new connection."""

_MOST_RUNNING = 4
"""Writes that may run at the same time: a late one holds a thread and a connection."""

_WARM_SECONDS = 30
"""A cascade and this together stay below the 60 s after which an idle connection is closed."""

logger = Logger(child=True)


class S3Writer:
    """Waits for a write for at most 500 ms; it then ends in the background and logs its end.

    Nothing waits while an earlier write is late or S3 has not answered again after an outage. While
    S3 is left alone writes are left out: the log line at the end of the outage counts them.
    """

    def __init__(
        self, client: S3Client, bucket: str, what: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._what = what
        self._clock = clock
        self._used = -float("inf")
        self._outage = outage_of(client)
        self._losses = Outage(f"{what} not kept", f"{what} kept again", 0, clock)
        self._running: set[Future[None]] = set()

    def connect(self, key: str) -> None:
        """Open the connection in the background if there may be none.

        It asks for an object that does not exist: the role may read `key`, so this needs no
        permission of its own. S3 says 403 or 404, and the connection stays.
        """
        if self._outage.is_ongoing:
            return
        used, self._used = self._used, self._clock()
        if not 0 <= self._used - used <= _WARM_SECONDS:
            threading.Thread(target=self._ask_for, args=(key,), daemon=True).start()

    def write(self, key: str, body: bytes, request_id: str) -> None:
        """Write an object; logs "<what> not kept" or "<what> kept late", unless kept in time.

        Of losses one after the other the first is logged.
        """
        if not self._outage.is_resting and len(self._running) >= _MOST_RUNNING:
            self._outage.failed("TimeoutError")
        if self._outage.is_resting:
            self._outage.leave_out()
            return
        wait_seconds = 0.0 if self._running or self._outage.is_ongoing else WAIT_SECONDS
        in_time: Future[None] = Future()
        self._running.add(in_time)
        self._used = self._clock()
        put = (in_time, key, body, request_id)
        threading.Thread(target=self._put, args=put, daemon=True).start()
        try:
            in_time.result(timeout=wait_seconds)
        except TimeoutError:
            in_time.cancel()

    def _put(self, in_time: Future[None], key: str, body: bytes, request_id: str) -> None:
        error: Exception | None = None
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body)
        except (BotoCoreError, ClientError) as failed:
            error = failed
        finally:
            self._running.discard(in_time)
        late = not in_time.set_running_or_notify_cancel()
        if error is None:
            self._losses.succeeded()
            if late:
                logger.info(f"{self._what} kept late", request_id=request_id)
        elif self._outage.is_ongoing:
            self._outage.leave_out()
        else:
            if self._losses.is_ongoing:
                self._losses.leave_out()
            self._losses.failed(str(error), request_id=request_id)
        if not late:
            in_time.set_result(None)

    def _ask_for(self, key: str) -> None:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError):
            return
