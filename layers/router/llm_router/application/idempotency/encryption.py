"""Names that say nothing and values that only their caller can open, made from an API key.

The key is in the caller's request and stored nowhere, so whoever reads the store learns neither
what is kept there nor for which request.
"""

import hashlib
import hmac
import json
import os
import zlib
from functools import cached_property

_PURPOSE = "llm-router/replies/1/"
"""Another number makes everything kept before unreachable: for a new format of what is kept."""

_KEY_BYTES = 32
_NONCE_BYTES = 12


class DecryptionError(Exception):
    """The value was not closed with this key for this slot, or was changed since."""


class ReplyCipher:
    """Keeps values apart by API key and scope: an equal scope of another key is another slot."""

    def __init__(self, api_key: str, *scope: str) -> None:
        self._api_key = api_key.encode()
        self.slot = f"reply:{self._mac('slot', json.dumps(scope).encode())}"

    def fingerprint(self, path: str, body: str) -> str:
        """Equal for equal requests only; says nothing to those who do not have the API key."""
        # A body may hold half a surrogate pair: JSON allows it.
        return self._mac("request", f"{path}\0{body}".encode(errors="surrogatepass"))

    def encrypt(self, value: bytes) -> bytes:
        """The value compressed and encrypted (AES-256-GCM); never the same bytes twice."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        packed = zlib.compress(value, level=1)
        return nonce + AESGCM(self._value_key).encrypt(nonce, packed, self.slot.encode())

    def decrypt(self, closed: bytes) -> bytes:
        """What was closed; `DecryptionError` if it is not exactly that."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, encrypted = closed[:_NONCE_BYTES], closed[_NONCE_BYTES:]
        try:
            packed = AESGCM(self._value_key).decrypt(nonce, encrypted, self.slot.encode())
        except (InvalidTag, ValueError) as error:
            raise DecryptionError("the value cannot be opened") from error
        return zlib.decompress(packed)

    @cached_property
    def _value_key(self) -> bytes:
        return self._derived(f"value/{self.slot}")

    def _mac(self, purpose: str, content: bytes) -> str:
        return hmac.new(self._derived(purpose), content, hashlib.sha256).hexdigest()

    def _derived(self, purpose: str) -> bytes:
        # Imported here: requests without an Idempotency-Key need not load it.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = (_PURPOSE + purpose).encode()
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(self._api_key)
