"""Marks on reasoning items: which model wrote one stands in its id, as a code for the caller's key.

A caller sends reasoning back with its next turn. Only the model that wrote it can read it.
"""

import hmac
from collections.abc import Collection
from hashlib import sha256
from typing import Any

_PREFIX, _DIGITS = "rs_", 40


class ReasoningMarks:
    """The marks of one caller, made with its API key; no other caller's are recognised."""

    def __init__(self, api_key: str, models: Collection[str]) -> None:
        self._key = api_key.encode()
        self._models = models

    def id_of(self, item: dict[str, Any], model: str) -> str:
        """An id for the reasoning item of this model; the same for the same item."""
        content = sha256(str(item.get("encrypted_content")).encode("utf-8", "surrogatepass"))
        code = hmac.new(self._key, model.encode() + b"\0" + content.digest(), sha256)
        return f"{_PREFIX}{code.hexdigest()[:_DIGITS]}"

    def model_of(self, item: dict[str, Any]) -> str | None:
        """The model that wrote the item; None if its id is no mark of one of the models."""
        given = str(item.get("id")).encode("utf-8", "surrogatepass")
        return next(
            (m for m in self._models if hmac.compare_digest(self.id_of(item, m).encode(), given)),
            None,
        )
