"""Prompts written by hand, each with its tier: half for training, half for testing."""

from collections.abc import Sequence
from os.path import commonprefix
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.tiers import Tier

PROMPT_TEMPLATES = (
    "## Question:\n\n{}\n\n## Instruction\n\nPlease answer this question by first reasoning and "
    "then providing your answer. Present both in the following JSON format:\n\n```json\n"
    '{{\n    "reasoning": "___",\n    "answer": "___"\n}}\n```',
    "Question: {}\nAnswer:",
    '{}\n\nThink step by step and put your final answer after "####".',
    "You are a helpful assistant. Answer the user's question as well as you can.\n\nUser: {}",
    "# Task\n{}\n\n# Output\nReply with one JSON object with the key `answer` and nothing else.",
    "Answer the following.\n\n<question>\n{}\n</question>\n\nWrite your answer between "
    "<answer> and </answer>.",
    "{}\n\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
    "Here is an example.\nQ: What comes after Monday?\nA: Tuesday\n\nQ: {}\nA:",
)
"""Common forms of prompts in programs and benchmarks, for `str.format`."""


class Unwrapped(NamedTuple):
    """A prompt without the shared beginning and end, and without the shared end alone."""

    bare: str
    without_end: str


def unwrapped(prompts: Sequence[str]) -> list[Unwrapped]:
    """Remove the words that all prompts begin and end with.

    A prompt of nothing else stays as it is.
    """
    before = _shared(prompts)
    after = _shared([prompt[len(before) :][::-1] for prompt in prompts])
    begun = (prompt[: len(prompt) - len(after)].strip() or prompt for prompt in prompts)
    return [Unwrapped(text[len(before) :].strip() or text, text) for text in begun]


def _shared(prompts: Sequence[str]) -> str:
    shared: str = commonprefix(prompts)  # noqa: RUF071 - characters are meant
    return shared[: max((n + 1 for n, c in enumerate(shared) if c.isspace()), default=0)]


def wrapped(prompt: str) -> str:
    """The prompt inside a template, which a hash of its text selects."""
    return PROMPT_TEMPLATES[crc32(prompt.encode(), 1) % len(PROMPT_TEMPLATES)].format(prompt)


LABELLED_PROMPTS = Path(__file__).with_name("labelled_prompts.jsonl")


class LabelledPrompt(Frozen):
    """A prompt and the tier that it belongs to by the definitions of the LLM classifier."""

    prompt: str
    tier: Tier

    @property
    def conversation(self) -> Conversation:
        """The prompt as the only turn."""
        return single_turn(self.prompt)

    @property
    def wrapped(self) -> Conversation:
        """The prompt inside a template, as a program would send it."""
        return single_turn(wrapped(self.prompt))

    @property
    def for_testing(self) -> bool:
        """True if no weights are fitted on it; a hash of its text selects this half."""
        return crc32(self.prompt.encode()) % 2 == 1


def single_turn(prompt: str) -> Conversation:
    """A conversation with this prompt as its only turn."""
    return Conversation(messages=(Message(role="user", content=prompt),))


def labelled_prompts(path: Path = LABELLED_PROMPTS) -> list[LabelledPrompt]:
    """All prompts of the file, in its order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [LabelledPrompt.model_validate_json(line) for line in lines]
