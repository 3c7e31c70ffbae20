"""What holds on the real recordings, where they are: `../shared/data` next to the repository."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, SimulatedOutcome, simulate
from evaluation.dataset.observations import observe
from evaluation.dataset.prices import estimated_usage
from evaluation.dataset.recordings import Row, read_rows
from evaluation.replay.measure import difficulty_by
from evaluation.replay.metrics import StrategyMetrics, strategy_metrics
from evaluation.replay.replay import replay
from evaluation.replay.strategies import outcomes
from llm_router.domain.tiers import Tier
from tests.support.policies import POLICY
from tests.support.replay_oracle import expected_endings

DATA = Path(__file__).parents[4] / "shared" / "data"
NAMES = ("gsm", "crux")
ROLES = ModelRoles(
    "claude-3-haiku-20240307", "claude-3-5-sonnet-20241022", "gpt-4o-mini-2024-07-18"
)
SETTING = CascadeSettings(POLICY.tiers[Tier.SIMPLE], POLICY.confidence.weights)
TWO_POINTS = 0.02
MANY = 800

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings in {DATA}")

_PROMPT = re.compile(r"## Question:\s*(.*?)\s*## Instruction", re.DOTALL)
_ANSWER = re.compile(
    r'(?:```(?:json)?\s*)?\{\s*"reasoning":\s*(?P<reasoning>".*?"|.*?)\s*,'
    r'\s*"answer":\s*(?P<answer>.*?)\s*,?\s*\}\s*(?:```|\Z)',
    re.DOTALL,
)

Said = Callable[[str, str], str]
WAYS_TO_SAY_IT: dict[str, Said] = {
    "the answer is": lambda reasoning, answer: f"{reasoning}\n\nThe answer is {answer}",
    "answer:": lambda reasoning, answer: f"{reasoning}\n\nAnswer: {answer}",
    "answer: in bold": lambda reasoning, answer: f"{reasoning}\n\n**Answer:** {answer}.",
    "final answer: all bold": lambda reasoning, answer: (
        f"{reasoning}\n\n**Final answer: {answer}**"
    ),
    "in another language": lambda reasoning, answer: f"{reasoning}\n\nAntwort: {answer}",
    "a line of its own": lambda reasoning, answer: f"{reasoning}\n\n{answer}",
    "the last line": lambda reasoning, answer: f"{reasoning}\n{answer}",
    "hashes": lambda reasoning, answer: f"{reasoning}\n#### {answer}",
    "boxed": lambda reasoning, answer: f"{reasoning}\n\n$\\boxed{{{answer}}}$",
    "fenced": lambda reasoning, answer: f"{reasoning}\n\n```\n{answer}\n```",
    "so it's": lambda reasoning, answer: f"{reasoning} So it's {answer}.",
    "the output is": lambda reasoning, answer: f"{reasoning}\n\nThe output is `{answer}`.",
    "an assertion": lambda reasoning, answer: f"{reasoning}\n\nassert f(1) == {answer}",
    "nothing else": lambda _, answer: answer,
}


@pytest.fixture(scope="module", params=NAMES)
def rows(request: pytest.FixtureRequest) -> list[Row]:
    return read_rows([DATA / f"{request.param}.jsonl.gz"])


@pytest.fixture(scope="module")
def wrapped(rows: list[Row]) -> dict[str, StrategyMetrics]:
    return measured([with_usage_as_recorded(row, row) for row in rows])


def measured(rows: Sequence[Row]) -> dict[str, StrategyMetrics]:
    observations = observe(rows, ROLES, POLICY)

    def cascade(setting: CascadeSettings) -> list[SimulatedOutcome]:
        return expected_endings(rows, observations, ROLES, setting, POLICY)

    hard = [difficulty_by(POLICY)(row.conversation) for row in rows]
    return strategy_metrics(outcomes(observations, SETTING, hard, cascade), seed=0, resamples=2)


def unwrapped(row: Row, say: Said) -> Row:
    """The question without the instruction to answer in JSON, and the answers in plain words."""

    def plain(text: str) -> str:
        found = _ANSWER.search(text)
        if found is None:
            return text
        said = say(_value(found["reasoning"]), _value(found["answer"]))
        return text[: found.start()] + said + text[found.end() :]

    answers = {
        name: answer.model_copy(update={"text": plain(answer.text or "")})
        for name, answer in row.answers.items()
    }
    return row.model_copy(update={"prompt": bare_prompt(row), "answers": answers})


def bare_prompt(row: Row) -> str:
    """The question alone."""
    asked = _PROMPT.search(row.prompt or "")
    return asked[1] if asked else row.prompt or ""


def with_usage_as_recorded(row: Row, recorded: Row) -> Row:
    """The same, at the tokens of what was recorded.

    Tokens are estimated from characters: a shorter text would move the saving by itself.
    """
    question = recorded.conversation.text
    answers = {
        name: answer.model_copy(
            update={"usage": estimated_usage(question, recorded.answers[name].text or "")}
        )
        for name, answer in row.answers.items()
    }
    return row.model_copy(update={"answers": answers})


def _value(written: str) -> str:
    if not (written.startswith('"') and written.endswith('"')):
        return written
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written[1:-1].replace("\\n", "\n")


def test_the_wrappers_are_really_taken_off(rows: list[Row]) -> None:
    plain = [unwrapped(row, WAYS_TO_SAY_IT["answer:"]) for row in rows]
    left = sum('"answer"' in (a.text or "") for row in plain for a in row.answers.values())
    assert left <= 0.01 * len(rows)
    assert not any("## Instruction" in (row.prompt or "") for row in plain)


@pytest.fixture(scope="module")
def some(rows: list[Row]) -> list[Row]:
    """As many rows as the comparison of wordings needs, which is made for each of many."""
    return rows if len(rows) < MANY else rows[::2]


@pytest.fixture(scope="module")
def some_wrapped(some: list[Row]) -> dict[str, StrategyMetrics]:
    return measured([with_usage_as_recorded(row, row) for row in some])


@pytest.mark.parametrize("way", WAYS_TO_SAY_IT)
def test_results_hardly_change_without_the_wrappers(
    some: list[Row], some_wrapped: dict[str, StrategyMetrics], way: str
) -> None:
    say = WAYS_TO_SAY_IT[way]
    plain = measured([with_usage_as_recorded(unwrapped(row, say), row) for row in some])
    changes = _changes(some_wrapped, plain)
    assert max(changes.values()) <= TWO_POINTS, changes


def test_word_problems_need_no_stated_answer_at_all() -> None:
    """Not so code: its reasoning often ends without the value that it leads to."""
    rows = read_rows([DATA / "gsm.jsonl.gz"])
    stated = measured([with_usage_as_recorded(row, row) for row in rows])
    prose = [unwrapped(row, lambda reasoning, _: reasoning) for row in rows]
    pairs = zip(prose, rows, strict=True)
    changes = _changes(stated, measured([with_usage_as_recorded(*pair) for pair in pairs]))
    assert max(changes.values()) <= 1.25 * TWO_POINTS, changes


def test_results_hardly_change_without_the_instructions(
    rows: list[Row], wrapped: dict[str, StrategyMetrics]
) -> None:
    bare = [row.model_copy(update={"prompt": bare_prompt(row)}) for row in rows]
    plain = [
        with_usage_as_recorded(row, recorded) for row, recorded in zip(bare, rows, strict=True)
    ]
    changes = _changes(wrapped, measured(plain))
    assert max(changes.values()) <= TWO_POINTS, changes


def _changes(
    wrapped: dict[str, StrategyMetrics], plain: dict[str, StrategyMetrics]
) -> dict[tuple[str, str], float]:
    return {
        (name, figure): abs(asdict(plain[name])[figure] - asdict(wrapped[name])[figure])
        for name in ("always_cheap", "random_mix", "text_signals", "agreement", "shipped", "oracle")
        for figure in ("quality", "quality_kept", "saving", "escalation_rate")
    }


def test_the_machine_does_what_the_short_cut_says_on_every_20th_row(rows: list[Row]) -> None:
    sample = rows[::20]
    expected = [simulate(e, SETTING) for e in observe(sample, ROLES, POLICY)]
    replayed = replay(sample, ROLES, SETTING, POLICY)
    assert [e.cost_usd for e in replayed] == pytest.approx([e.cost_usd for e in expected])
    assert [replace(e, cost_usd=0) for e in replayed] == [replace(e, cost_usd=0) for e in expected]


@pytest.mark.parametrize(("name", "saving", "kept"), [("gsm", 0.68, 0.99), ("crux", 0.29, 0.97)])
def test_a_second_opinion_on_every_answer_saves_what_it_should(
    name: str, saving: float, kept: float
) -> None:
    found = measured(read_rows([DATA / f"{name}.jsonl.gz"]))
    assert found["shipped"].saving >= saving
    assert found["shipped"].quality_kept >= kept


def test_questions_on_which_the_cheap_models_disagree_are_soon_not_tried() -> None:
    rows = read_rows([DATA / "crux.jsonl.gz"])
    observations = observe(rows, ROLES, POLICY)
    agreed = [n for n, e in enumerate(observations) if (e.agreement or 0) > 0.5]
    left_out = set(agreed) - set(agreed[::25])
    hard = [row for n, row in enumerate(rows) if n not in left_out]
    of_hard = observe(hard, ROLES, POLICY)
    always_strong = sum(e.strong.cost_usd for e in of_hard)
    saved = {}
    for learning in (POLICY.learning, None):
        policy = POLICY.model_copy(update={"learning": learning})
        shipped = replace(SETTING, classified=True)
        endings = expected_endings(hard, of_hard, ROLES, shipped, policy)
        saved[learning] = 1 - sum(e.cost_usd for e in endings) / always_strong
    # Some dozens have to be tried before it is known; there are about two hundred.
    assert saved[POLICY.learning] > -0.03
    assert saved[None] < -0.10
