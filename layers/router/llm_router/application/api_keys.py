"""API keys: created and shown once, then stored only as a hash."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from .ports import KeyRecord, KeyStore

KEY_PREFIX = "lr-"


def new_key() -> str:
    """Return a new key of 240 random bits."""
    return KEY_PREFIX + secrets.token_urlsafe(30)


def hash_of(key: str) -> str:
    """Return the stored form of a key: plain SHA-256 is safe for 240 random bits."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def key_from_headers(headers: dict[str, str]) -> str | None:
    """The key in `Authorization: Bearer` (OpenAI's clients) or `x-api-key` (Anthropic's)."""
    lower = {name.lower(): value or "" for name, value in headers.items()}
    scheme, _, token = lower.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return lower.get("x-api-key", "").strip() or None


@dataclass(frozen=True)
class Authorizer:
    """The use case that identifies a request's caller."""

    keys: KeyStore
    now_seconds: Callable[[], int]

    def identify(self, headers: dict[str, str]) -> KeyRecord | None:
        """The record of the key in the headers; None without a valid key."""
        key = key_from_headers(headers)
        record = self.keys.find(hash_of(key)) if key else None
        if record is None or record.expires_at is None:
            return record
        return record if record.expires_at > self.now_seconds() else None
