"""Instructions that programs put around a question: they say nothing of how hard it is."""

from zlib import crc32

WRAPPERS = (
    "## Question:\n\n{}\n\n## Instruction\n\nPlease answer this question by first reasoning and then "
    "providing your answer. Present both in the following JSON format:\n\n```json\n"
    '{{\n    "reasoning": "___",\n    "answer": "___"\n}}\n```',
    "Question: {}\nAnswer:",
    "{}\n\nThink step by step and put your final answer after \"####\".",
    "You are a helpful assistant. Answer the user's question as well as you can.\n\nUser: {}",
    "# Task\n{}\n\n# Output\nReply with one JSON object that has the key `answer` and nothing else.",
    "Answer the following.\n\n<question>\n{}\n</question>\n\nWrite your answer between "
    "<answer> and </answer>.",
    "{}\n\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
    "Here is an example.\nQ: What comes after Monday?\nA: Tuesday\n\nQ: {}\nA:",
)
"""How prompts of programs and benchmarks commonly look; braces as `str.format` reads them."""


def wrapped(prompt: str) -> str:
    """The prompt inside one of the wrappers; its text alone decides which."""
    return WRAPPERS[crc32(prompt.encode(), 1) % len(WRAPPERS)].format(prompt)
