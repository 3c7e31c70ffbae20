"""Replays the stored reply to a request that repeats its `Idempotency-Key`: it is paid for once."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from llm_router.application.errors import (
    IdempotencyKeyReusedError,
    InvalidRequestError,
    ReplyNotStoredError,
    RequestInProgressError,
)
from llm_router.application.ports import ReplyStore
from llm_router.domain.base import Frozen

from .encryption import DecryptionError, ReplyCipher

HEADER = "Idempotency-Key"
REPLAYED = "x-router-replayed"
REPLAYABLE = "x-router-replayable"
CALLS = "x-router-attempts"
"""The header with the number of model calls that a reply took."""
KEPT_MS = 24 * 3600 * 1000
_SYNTAX = re.compile(r"[\x21-\x7e]{1,255}")


class Reply(Frozen):
    """An HTTP reply; a binary body is held in Base64."""

    status: int
    headers: dict[str, str | list[str]]
    body: str | None
    is_base64: bool = False

    @property
    def is_final(self) -> bool:
        """True for a 2xx that models were called for: a second one would be paid for again."""
        return 200 <= self.status < 300 and self.headers.get(CALLS) != "0"

    def with_header(self, header: str, value: str) -> "Reply":
        """The reply with one more header."""
        return self.model_copy(update={"headers": {**self.headers, header: value}})


class _Record(Frozen):
    fingerprint: str
    state: Literal["under_way", "answered", "not_kept"]
    reply: Reply | None = None


@dataclass(frozen=True)
class KeyedRequest:
    """A request with an `Idempotency-Key`, and its caller."""

    idempotency_key: str
    tenant: str
    key_id: str
    path: str
    api_key: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True)
class Idempotency:
    """The use case of the `Idempotency-Key` header.

    `claim_ms` is the lifetime of a claim whose request never finishes: longer than any request
    takes. `count` publishes the metric of a replay or of a reply that is not stored.
    """

    replies: ReplyStore | None
    claim_ms: int
    count: Callable[[Literal["Replayed", "ReplyNotKept"]], None]

    def once(self, request: KeyedRequest, answer: Callable[[], Reply]) -> Reply:
        """Return the stored reply of the last 24 hours, or else call `answer`.

        A 2xx is stored if models were called for it; any other reply or an exception frees the key
        again. A stored value that cannot be read is replaced. A replay is marked
        `x-router-replayed: true`, a reply that could not be stored `x-router-replayable: false`.
        If it can neither replay nor safely call `answer`, it raises a `RouterError`.
        """
        if self.replies is None:
            raise InvalidRequestError(
                f"{HEADER}: this deployment has no cache to keep replies in (CacheMode none)",
                param=HEADER,
                code="idempotency_not_available",
            )
        if not _SYNTAX.fullmatch(request.idempotency_key):
            raise InvalidRequestError(
                f"{HEADER}: must be 1 to 255 visible ASCII characters", param=HEADER
            )
        cipher = ReplyCipher(
            request.api_key, request.tenant, request.key_id, request.idempotency_key
        )
        fingerprint = cipher.fingerprint(request.path, request.body)
        claim = _encrypted(cipher, _Record(fingerprint=fingerprint, state="under_way"))
        held = self.replies.claim(cipher.slot, claim, self.claim_ms)
        if held is not None and _decrypted(cipher, held) is None:
            held = self.replies.claim(cipher.slot, claim, self.claim_ms, unreadable=held)
        if held is not None and (record := _decrypted(cipher, held)):
            return self._replayed(record, fingerprint)
        try:
            reply = answer()
        except BaseException:
            self.replies.release(cipher.slot, claim)
            raise
        if not reply.is_final:
            self.replies.release(cipher.slot, claim)
            return reply
        answered = _Record(fingerprint=fingerprint, state="answered", reply=reply)
        if self.replies.keep(cipher.slot, claim, _encrypted(cipher, answered), KEPT_MS):
            return reply
        # The key stays taken although the reply is lost: a retry must not pay again.
        lost = _Record(fingerprint=fingerprint, state="not_kept")
        self.replies.keep(cipher.slot, claim, _encrypted(cipher, lost), KEPT_MS)
        self.count("ReplyNotKept")
        return reply.with_header(REPLAYABLE, "false")

    def _replayed(self, record: _Record, fingerprint: str) -> Reply:
        if record.fingerprint != fingerprint:
            raise IdempotencyKeyReusedError(
                f"{HEADER}: was used with another body or endpoint within 24 hours", param=HEADER
            )
        if record.state == "under_way":
            raise RequestInProgressError(
                f"{HEADER}: the first request with it is still under way", param=HEADER
            )
        if record.reply is None:
            raise ReplyNotStoredError(
                f"{HEADER}: this request was answered and paid for, but its reply could not be"
                " kept; ask under a new key to pay for another",
                param=HEADER,
            )
        self.count("Replayed")
        return record.reply.with_header(REPLAYED, "true")


def _encrypted(cipher: ReplyCipher, record: _Record) -> bytes:
    # Pydantic's JSON refuses half a surrogate pair, which an answer may hold.
    return cipher.encrypt(json.dumps(record.model_dump()).encode())


def _decrypted(cipher: ReplyCipher, value: bytes) -> _Record | None:
    """The record in a value; None if this version did not write it for this slot."""
    try:
        return _Record.model_validate(json.loads(cipher.decrypt(value)))
    except (DecryptionError, ValueError, RecursionError):
        return None
