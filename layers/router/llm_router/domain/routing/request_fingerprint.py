"""The request fingerprint: a coarse signature of a request without any of its text.

Requests of one application, or of one benchmark, should share one to three fingerprints: a pass
rate is known only after some dozens of requests.
"""

import hashlib

from llm_router.domain.classifier.texts import SCRIPTS, count_marks, scripts_in
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.final_answers.questions import answer_kind

from .hints import RouterHints

_HEAD, _TAIL = 200, 600
_MANY_FORMULAS = 8
_HASH_DIGITS = 8


def request_fingerprint(conversation: Conversation, hints: RouterHints) -> str:
    """Describe the request's hints and the form of its last user turn, as words and digests.

    For example `number formulas 256+`: a question for a number, in 256 to 1,023 characters with
    many formulas. Hints are hashed, since they may hold anything. Of a turn longer than 800
    characters only the first 200 and the last 600 are analysed.
    """
    read = question = conversation.question
    if len(question) > _HEAD + _TAIL:
        read = f"{question[:_HEAD]}\n{question[-_TAIL:]}"
    counts = count_marks(read, read)
    features = {
        f"type:{_digest(hints.request_type)}": hints.request_type is not None,
        f"feature:{_digest(hints.feature)}": hints.feature is not None,
        answer_kind(read): True,
        "code": counts["code"] > 0,
        # In code the same marks are assignments.
        "formulas": counts["formulas"] >= _MANY_FORMULAS and not counts["code"],
        "tools": bool(conversation.tools),
        "schema": conversation.response_schema is not None,
        "images": conversation.images > 0,
    }
    words = [word for word, is_present in features.items() if is_present]
    scripts = [name for name, found in zip(SCRIPTS, scripts_in(read), strict=True) if found]
    # The largest power of four that is not above the number of characters, at least 1.
    length = 4 ** ((max(1, len(question)).bit_length() - 1) // 2)
    return " ".join([*words, *scripts[:1], f"{length}+"])


def _digest(value: str | None) -> str:
    return hashlib.sha256((value or "").encode()).hexdigest()[:_HASH_DIGITS]
