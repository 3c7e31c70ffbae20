"""Prompts written by hand, each with its tier: one half teaches, the other half tests."""

from pathlib import Path
from zlib import crc32

from llm_router.domain.base import Frozen
from llm_router.domain.chat import Conversation, Message
from llm_router.domain.tiers import Tier

from .wrappers import wrapped

GUARD = Path(__file__).parent / "data" / "guard_prompts.jsonl"


class GuardPrompt(Frozen):
    """A prompt and the tier that it belongs to by the definitions of the LLM classifier."""

    prompt: str
    tier: Tier

    @property
    def conversation(self) -> Conversation:
        """The prompt as the only turn."""
        return asking(self.prompt)

    @property
    def wrapped(self) -> Conversation:
        """The same inside instructions, as a program would send it."""
        return asking(wrapped(self.prompt))

    @property
    def for_testing(self) -> bool:
        """Whether it belongs to the half that no weights are fitted on; the text alone decides."""
        return crc32(self.prompt.encode()) % 2 == 1


def asking(prompt: str) -> Conversation:
    """A conversation of this one turn."""
    return Conversation(messages=(Message(role="user", content=prompt),))


def guard_prompts(path: Path = GUARD) -> list[GuardPrompt]:
    """All of them, in the file's order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [GuardPrompt.model_validate_json(line) for line in lines]
