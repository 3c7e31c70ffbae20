"""The kind of a request: a coarse signature without any of its text.

Requests of one application, or of one benchmark, should fall in one to three kinds: what is learned
of a kind is known only after some dozens of them.
"""

import hashlib

from llm_router.domain.classifier.texts import SCRIPTS, counted, scripts_in
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.final_answers.questions import wanted

from .decision import Hints

_HEAD, _TAIL = 200, 600
_MANY_FORMULAS = 8
_HASH_DIGITS = 8


def request_fingerprint(conversation: Conversation, hints: Hints) -> str:
    """What the operator's hints and the form of the last user turn say, as words and digests.

    For example `number formulas 256+`: a number is asked for, in 256 to 1,023 characters with many
    formulas. Hints are hashed: they may be anything. Of a long turn both ends are read.
    """
    question = conversation.question
    read = question
    if len(question) > _HEAD + _TAIL:
        read = f"{question[:_HEAD]}\n{question[-_TAIL:]}"
    counts = counted(read, read)
    scripts = [name for name, found in zip(SCRIPTS, scripts_in(read), strict=True) if found]
    signs = {
        "code": counts["code"] > 0,
        # In code the same marks are assignments.
        "formulas": counts["formulas"] >= _MANY_FORMULAS and not counts["code"],
        "tools": bool(conversation.tools),
        "schema": conversation.response_schema is not None,
        "images": conversation.images > 0,
    }
    told = [
        f"{name}:{_digest(value)}"
        for name, value in (("type", hints.request_type), ("feature", hints.feature))
        if value is not None
    ]
    present = [sign for sign, is_there in signs.items() if is_there]
    return " ".join([*told, wanted(read), *present, *scripts[:1], f"{_length(question)}+"])


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:_HASH_DIGITS]


def _length(question: str) -> int:
    """The largest power of four that is not above the number of characters, at least 1."""
    power = (max(1, len(question)).bit_length() - 1) // 2
    return int(4**power)
