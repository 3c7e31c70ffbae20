"""API keys: made once, shown once, known afterwards by their hash."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from .ports import KeyRecord, KeyStore

KEY_PREFIX = "lr-"


def new_key() -> str:
    """A fresh key of 240 random bits."""
    return KEY_PREFIX + secrets.token_urlsafe(30)


def hash_of(key: str) -> str:
    """How a key is stored: it has full entropy, so a plain SHA-256 cannot be searched through."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_in(headers: dict[str, str]) -> str | None:
    """The key in `Authorization: Bearer` (OpenAI's clients) or `x-api-key` (Anthropic's)."""
    lower = {name.lower(): value for name, value in headers.items()}
    scheme, _, token = lower.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return lower.get("x-api-key", "").strip() or None


@dataclass(frozen=True)
class Authorizer:
    """The use case: who is this?"""

    keys: KeyStore
    now_seconds: Callable[[], int]

    def identify(self, headers: dict[str, str]) -> KeyRecord | None:
        """The record of the key in the headers, if it is valid now."""
        key = key_in(headers)
        record = self.keys.find(hash_of(key)) if key else None
        if record is None or (record.expires_at and record.expires_at <= self.now_seconds()):
            return None
        return record
