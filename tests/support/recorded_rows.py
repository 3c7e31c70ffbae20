"""Generated rows of a recording: right and wrong answers, refusals, hedged and truncated ones."""

import gzip
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evaluation.dataset.cascade_model import ModelRoles
from evaluation.dataset.recordings import Question, Row, encoded
from operations.files import replacing

CHEAP, PEER, STRONG = "claude-3-haiku-test", "gpt-4o-mini-test", "claude-3-5-sonnet-test"
ROLES = ModelRoles(cheap=CHEAP, strong=STRONG, peer=PEER)
WITHOUT_PEER = ModelRoles(cheap=CHEAP, strong=STRONG)
SUM, PROSE = "What is {} + {}? Give the number.", "Write about {} ways to see {} seas."

_TEXTS = (
    "Adding them one after the other gives {0}.\n\nThe answer is {0}.",
    '```json\n{{"reasoning": "It is easy to add them.", "answer": "{0}"}}\n```',
    "I'm not sure, but it could be {0}.",
    "I'm sorry, but I can't help with that.",
    "{0}",
    "",
)
_WEIGHTS = (12, 6, 3, 1, 2, 1)


def row(number: int | str, prompt: str = "What is 2 + 2?", **answers: Any) -> Row:
    """A row; each role's answer is given as (text, quality) or as in a file."""
    models = {"cheap": CHEAP, "peer": PEER, "strong": STRONG}
    given = {
        models[role]: {"text": answer[0], "score": answer[1]}
        if isinstance(answer, tuple)
        else answer
        for role, answer in answers.items()
    }
    return Row.model_validate({"id": str(number), "prompt": prompt, "answers": given})


def generated_rows(n: int, seed: int = 0) -> list[dict[str, Any]]:
    """Rows as in a file: sums that the strong model answers best, and some prose."""
    chance = random.Random(seed)
    rows = []
    for number in range(n):
        first, second = chance.randrange(9, 99), chance.randrange(9, 99)
        prompt = (PROSE if number % 7 == 0 else SUM).format(first, second)
        right = {CHEAP: 0.7, PEER: 0.75, STRONG: 0.95}
        answers = {
            model: _answer(chance, first + second, chance.random() < share)
            for model, share in right.items()
        }
        dataset = "odd" if number % 2 else "even"
        rows.append({"id": str(number), "dataset": dataset, "prompt": prompt, "answers": answers})
    return rows


def parsed_rows(content: list[dict[str, Any]]) -> list[Row]:
    """The rows of a file, validated."""
    return [Row.model_validate(item) for item in content]


def _answer(chance: random.Random, total: int, right: bool) -> Mapping[str, Any]:
    said = total if right else total + chance.choice((-10, -1, 1, 10))
    (form,) = chance.choices(_TEXTS, _WEIGHTS)
    answer: dict[str, Any] = {
        "text": form.format(said),
        "final": str(said),
        "correct": right and "{0}" in form,
    }
    if chance.random() < 0.5:
        answer["usage"] = {"input_tokens": chance.randrange(5, 50), "output_tokens": 20}
    if chance.random() < 0.1:
        answer["finish_reason"] = "length"
    return answer


def write_rows(path: Path | str, rows: Iterable[Question]) -> None:
    """Write all rows or, on an error, leave the file as it was; gzipped if named `.gz`."""
    with replacing(Path(path)) as file:
        if Path(path).suffix == ".gz":
            # Without a time and a name in the header, equal rows give equal files.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
                zipped.writelines(map(encoded, rows))
        else:
            file.writelines(map(encoded, rows))
