"""Derives opaque store keys and encrypts values with the caller's API key (HKDF, AES-GCM).

The API key comes with each request and is stored nowhere. A reader of the store learns neither the
replies nor their requests.
"""

import hashlib
import hmac
import json
import os
import zlib
from functools import cached_property

_PURPOSE = "llm-router/replies/1/"
"""Increase the number when the stored format changes: earlier values become unreachable."""

_KEY_BYTES = 32
_NONCE_BYTES = 12


class DecryptionError(Exception):
    """The value was encrypted with another key or for another slot, or was altered."""


class ReplyCipher:
    """The slot and the encryption of one API key and scope; other API keys get other slots."""

    def __init__(self, api_key: str, *scope: str) -> None:
        self._api_key = api_key.encode()
        self.slot = self._mac("slot", json.dumps(scope).encode())

    def fingerprint(self, path: str, body: str) -> str:
        """A digest that identifies the request; it is opaque without the API key."""
        # JSON allows half a surrogate pair in a body.
        return self._mac("request", f"{path}\0{body}".encode(errors="surrogatepass"))

    def encrypt(self, value: bytes) -> bytes:
        """Compress and encrypt a value (AES-256-GCM); each call returns different bytes."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        packed = zlib.compress(value, level=1)
        return nonce + AESGCM(self._value_key).encrypt(nonce, packed, self.slot.encode())

    def decrypt(self, value: bytes) -> bytes:
        """Return the decrypted value; raises `DecryptionError` if it is not intact."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, encrypted = value[:_NONCE_BYTES], value[_NONCE_BYTES:]
        try:
            packed = AESGCM(self._value_key).decrypt(nonce, encrypted, self.slot.encode())
            return zlib.decompress(packed)
        except (InvalidTag, ValueError, zlib.error) as error:
            raise DecryptionError("the value cannot be opened") from error

    @cached_property
    def _value_key(self) -> bytes:
        return self._derived_key(f"value/{self.slot}")

    def _mac(self, purpose: str, content: bytes) -> str:
        return hmac.new(self._derived_key(purpose), content, hashlib.sha256).hexdigest()

    def _derived_key(self, purpose: str) -> bytes:
        # Imported here: requests without an Idempotency-Key need not load it.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = (_PURPOSE + purpose).encode()
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(self._api_key)
