"""Marks on reasoning: each names the model that wrote it, as a code for the caller's key.

A caller sends reasoning back with its next turn, and only the model that wrote it can read it. The
mark stands before the encrypted content, which every client returns unchanged; some drop the id.
"""

import hmac
import re
from collections.abc import Collection
from hashlib import sha256

_DIGITS = 40
_MARKED = re.compile(rf"lr1\.([0-9a-f]{{{_DIGITS}}})\.(.*)", re.DOTALL)


class ReasoningMarks:
    """The marks of one caller, made with its API key; no other caller's are recognised."""

    def __init__(self, api_key: str, models: Collection[str]) -> None:
        self._key = api_key.encode()
        self._models = models

    def marked(self, content: str, model: str) -> str:
        """The encrypted content of this model's reasoning, with its mark."""
        return f"lr1.{self._code(_digest(content), model)}.{content}"

    def read(self, given: str) -> tuple[str, str | None]:
        """The vendor's own content and the model that wrote it.

        Without a mark of one of the models, the content is as given and the model is not known.
        """
        found = _MARKED.fullmatch(given)
        if found is None:
            return given, None
        code, content = found.groups()
        digest = _digest(content)
        for model in self._models:
            if hmac.compare_digest(self._code(digest, model), code):
                return content, model
        return given, None

    def _code(self, digest: bytes, model: str) -> str:
        code = hmac.new(self._key, model.encode() + b"\0" + digest, sha256)
        return code.hexdigest()[:_DIGITS]


def _digest(content: str) -> bytes:
    return sha256(content.encode("utf-8", "surrogatepass")).digest()
