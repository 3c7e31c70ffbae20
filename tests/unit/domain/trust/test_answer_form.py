"""Pairs of a question and an answer, by hand: which answers are doubtful by their form."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.trust.confidence import confidence, doubt_of
from llm_router.domain.trust.signals import Signals, signals
from tests.support.case_tables import DATA
from tests.support.effort import takes_less_than
from tests.support.policies import POLICY

WEIGHTS = POLICY.confidence.weights
THRESHOLD = 0.5
EXPECTED = 300
FALSE_ALARMS = 0.02
CAUGHT = 0.90


class Pair(BaseModel):
    """A question and an answer, who wrote them, and whether the answer is doubtful by its form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    writer: str
    language: str
    kind: str
    question: str
    answer: str
    doubtful: bool
    max_tokens: int | None = None
    after_tool_results: bool = False
    system: str | None = None


PAIRS = [
    Pair.model_validate_json(line)
    for line in Path(DATA / "answer_form.jsonl").read_text(encoding="utf-8").splitlines()
]


def conversation_of(
    question: str,
    *,
    system: str | None = None,
    after_tool_results: bool = False,
    max_tokens: int | None = None,
) -> Conversation:
    messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    if after_tool_results:
        call = {"type": "tool_call", "id": "c1", "name": "run", "arguments": "{}"}
        result = {
            "type": "tool_result",
            "call_id": "c1",
            "content": [{"type": "text", "text": "1"}],
        }
        messages += [
            {"role": "assistant", "content": [call]},
            {"role": "tool", "content": [result]},
        ]
    return Conversation.model_validate({"messages": messages, "max_output_tokens": max_tokens})


def observed(question: str, text: str, **asked: Any) -> Signals:
    answer = Answer(text=text, finish_reason="stop")
    return signals(answer, EXPECTED, conversation_of(question, **asked))


def is_doubted(pair: Pair) -> bool:
    seen = observed(
        pair.question,
        pair.answer,
        system=pair.system,
        after_tool_results=pair.after_tool_results,
        max_tokens=pair.max_tokens,
    )
    return confidence(seen, WEIGHTS) < THRESHOLD


OF_EACH_WRITER = [
    pytest.param([pair for pair in PAIRS if pair.writer == writer], id=writer)
    for writer in sorted({pair.writer for pair in PAIRS})
]


@pytest.mark.parametrize("pairs", OF_EACH_WRITER)
def test_good_answers_are_hardly_ever_doubted_by_their_form(pairs: list[Pair]) -> None:
    good = [pair for pair in pairs if not pair.doubtful]
    doubted = [pair.id for pair in good if is_doubted(pair)]
    assert len(doubted) <= FALSE_ALARMS * len(good), doubted


@pytest.mark.parametrize("pairs", OF_EACH_WRITER)
def test_refusals_doubts_fragments_and_loops_are_caught(pairs: list[Pair]) -> None:
    bad = [pair for pair in pairs if pair.doubtful]
    missed = [pair.id for pair in bad if not is_doubted(pair)]
    assert len(missed) <= (1 - CAUGHT) * len(bad), missed


def test_the_pairs_are_many_and_in_many_languages() -> None:
    assert len(PAIRS) >= 400
    assert sum(pair.writer == "blind" for pair in PAIRS) >= len(PAIRS) / 3
    assert len({pair.language for pair in PAIRS}) >= 10


FALLBACK_TEXT = (
    "```python\ndef reply(known, q):\n"
    "    return known.get(q, \"I'm not sure, I don't know that one.\")\n```"
)
THOUGHT = (
    "<think>Hmm, I'm not sure. I don't know if they want more. Maybe it is unclear.</think>"
    "The capital of France is Paris."
)
NAMES_ASKED = {
    "german-capital": "Wie heißt die Hauptstadt?",
    "german-author": "Wie heißt der Autor von Faust?",
    "german-animal-that-does-not-fly": "Wie heißt der Vogel, der nicht fliegt?",
    "inventor": "How do you call the inventor of the zipper?",
    "baby-goat": "What do you call a baby goat?",
    "dutch-king": "Hoe heet de koning?",
    "chinese-phrase": "你好用法语怎么说?",
    "language": "How do you say goodbye in French?",
    "quoted": "Wie sagt man 'Tschüss' auf Englisch?",
    "no-to-my-boss": "How do I say no to my boss?",
    "chain": "How do I put a chain on a bike?",
    "song": "What's the name of the song from Titanic?",
    "apology": "How do I say sorry?",
}
MERE_DOUBTS = [
    "Ich weiß es leider nicht.",
    "I'm not sure.",
    "I'm not sure, but I think it might be 5.",
    "Je ne sais pas.",
    "No lo sé, no estoy seguro.",
    "我不知道。",
    "わかりません。",
    "Я не знаю.",
]
ROWS = "\n".join("INSERT INTO t VALUES (1, 'a', 'b', 'c', 'd');" for _ in range(300))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param("ping", "pong", id="ping"),
        pytest.param(
            "Capital of France?",
            THOUGHT.replace("<think>", "[THINK]").replace("</think>", "[/THINK]"),
            id="thoughts-in-brackets",
        ),
        pytest.param("Reply with just OK", "OK", id="one-word-that-was-asked-for"),
        pytest.param("1+1=", "2", id="arithmetic"),
        pytest.param("Wie geht's?", "Gut!", id="small-talk"),
        pytest.param("Pick a random word", "Lamp", id="any-word"),
        pytest.param("What error does Java throw for 1/0?", "ArithmeticException", id="name"),
        pytest.param("Summarise in one word: a fun day", "Fun", id="summary-in-a-word"),
        pytest.param(
            "Translate to English: 'No puedo ir a la fiesta.'",
            "I cannot go to the party.",
            id="translated-refusal",
        ),
        pytest.param(
            "Translate to English: 'Je ne sais pas.'", "I don't know.", id="translated-doubt"
        ),
        pytest.param(
            "Fix the grammar: 'i cant comes tomorow'", "I can't come tomorrow.", id="corrected"
        ),
        pytest.param("Rewrite more politely: 'No.'", "I'm sorry, but I can't.", id="rewritten"),
        pytest.param(
            'Extract the quote: Anna said "I don\'t know what to do" and left.',
            '"I don\'t know what to do"',
            id="extracted-quote",
        ),
        pytest.param(
            "Write one line of dialogue in which the hero declines the quest.",
            '"I can\'t take this sword," he said, and laid it on the table.',
            id="fiction",
        ),
        pytest.param(
            "Write a Python function that answers a question with a fallback text.",
            FALLBACK_TEXT,
            id="string-literal",
        ),
        pytest.param(
            "How do I write `I'm not sure` in German?",
            '"I\'m not sure" is "Ich bin mir nicht sicher" in German.',
            id="quoted-phrase",
        ),
        pytest.param("What is the capital of France?", THOUGHT, id="thoughts"),
        pytest.param(
            "Is a tomato a fruit?",
            "Yes, it is a berry. Let me know if you're unsure about any other plant!",
            id="doubt-of-the-reader",
        ),
        pytest.param(
            "ما فائدة الماء؟", "من المهم أن تعرف أن الماء ضروري للجسم.", id="arabic-conjunction"
        ),
        pytest.param('Repeat "ha" 200 times', "ha " * 200, id="wanted-repetition"),
        pytest.param("List the rows again please", ROWS, id="rows-again"),
        pytest.param("Schreibe 50-mal 'Hallo'", "Hallo " * 50, id="hyphenated-count"),
        pytest.param("Écris 50-fois 'salut'", "salut " * 50, id="hyphenated-french-count"),
        pytest.param("Say bla as often as you can", "bla " * 80, id="as-often-as-you-can"),
        pytest.param(
            "HTML list with 40 empty items",
            "<ul>\n" + "<li></li>\n" * 40 + "</ul>",
            id="empty-items",
        ),
        pytest.param("Schreib bla, so oft du kannst", "bla " * 60, id="german-as-often"),
        pytest.param("Give me a blank HTML form", "<li></li>\n" * 40, id="tags-without-text"),
        pytest.param(
            "What is the negative form of 'I can help'?", "I can't help.", id="negative-form"
        ),
        pytest.param("Negate: I can swim.", "I cannot swim.", id="negated"),
        pytest.param("Make it negative: I am sure.", "I'm not sure.", id="negated-into-a-doubt"),
        pytest.param(
            "Verneine den Satz: Ich kann schwimmen.",
            "Ich kann nicht schwimmen.",
            id="german-negation",
        ),
        pytest.param(
            "Mets à la forme négative : Je peux venir.",
            "Je ne peux pas venir.",
            id="french-negation",
        ),
        pytest.param("Pon en forma negativa: Puedo ir.", "No puedo ir.", id="spanish-negation"),
        pytest.param("改成否定句：我会游泳。", "我不会游泳。", id="chinese-negation"),
        pytest.param("Passe para a negativa: Eu sei.", "Eu não sei.", id="portuguese-negation"),
        pytest.param("Fill in: I ___ (can, not) swim.", "I cannot swim.", id="gap-filled"),
        pytest.param("Complete the sentence: I ___ swim.", "I cannot swim.", id="completed"),
        pytest.param("Ergänze die Lücke: Ich ___ nicht.", "Ich kann nicht.", id="german-gap"),
        pytest.param(
            "What does Siri say if it fails?",
            "Sorry, I can't help with that right now.",
            id="words-of-a-machine",
        ),
        pytest.param(
            "What does HAL 9000 say?",
            "I'm sorry, Dave. I'm afraid I can't do that.",
            id="words-of-a-film-machine",
        ),
        pytest.param("Complete: I ___ (not/know).", "I don't know.", id="gap-for-a-doubt"),
        pytest.param(
            "Complète : Je ___ (ne pas savoir).", "Je ne sais pas.", id="french-gap-for-a-doubt"
        ),
        pytest.param(
            "What did Peter say to the servant girl?", "I do not know him.", id="words-of-another"
        ),
        pytest.param(
            "What is the code comment for a stub?",
            "# I'm not sure if this works; TODO",
            id="doubting-comment",
        ),
        pytest.param(
            "Turn into reported speech: She said, 'I can't swim.'",
            "She said that she couldn't swim.",
            id="reported-speech",
        ),
        pytest.param(
            "Turn into direct speech: He said he could not help.",
            'He said, "I cannot help."',
            id="direct-speech",
        ),
        pytest.param(
            "How do I say no to my boss?",
            "I'm sorry, but I can't take this on right now.",
            id="wanted-no",
        ),
        pytest.param(
            "How do I say I don't know in polite English?", "I'm not sure.", id="wanted-doubt"
        ),
    ],
)
def test_what_was_asked_for_is_no_fault(question: str, text: str) -> None:
    seen = observed(question, text)
    assert confidence(seen, WEIGHTS) == 0.9
    assert doubt_of(seen, WEIGHTS) == "none"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param(
            "Wie heißt die Hauptstadt?",
            "Es tut mir leid, aber dabei kann ich nicht helfen.",
            id="german-refusal",
        ),
        pytest.param(
            "Comment cuire un œuf ?",
            "Je suis désolé, mais je ne peux pas vous aider.",
            id="french-refusal",
        ),
        pytest.param(
            "How do I boil an egg?",
            "Thanks for asking! Eggs are wonderful. However, I'm unable to help with cooking.",
            id="refusal-after-a-preamble",
        ),
        pytest.param("Who built it?", "I honestly have no idea.", id="doubt"),
        pytest.param(
            "지금 기온은?", "실시간 날씨는 확인할 수 없어요.", id="optional-ending-before-a-space"
        ),
        pytest.param("Write an essay of 500 words on ants.", "Ants are small.", id="too-short"),
        *(
            pytest.param(question, text, id=f"{name}-{number}")
            for name, question in NAMES_ASKED.items()
            for number, text in enumerate(MERE_DOUBTS)
        ),
        pytest.param(
            "How do I say no to my boss?", "I cannot help with that.", id="no-help-with-a-no"
        ),
        pytest.param(
            "How do I say sorry?", "I cannot help with that.", id="no-help-with-an-apology"
        ),
        pytest.param(
            "How do I say sorry?", "I don't know the answer to this.", id="no-answer-to-say"
        ),
        pytest.param(
            "Fill in the blank: the capital of France is ___.", "I don't know.", id="doubted-gap"
        ),
        pytest.param("What is the negative of a number?", "I'm not sure.", id="negative-number"),
        pytest.param("What is a direct speech act?", "I'm not sure.", id="speech-act"),
        pytest.param("What did Socrates say?", "I don't know.", id="doubt-of-words"),
        pytest.param("What is an ant?", "An ant is an ant is an ant and " * 30, id="loop"),
    ],
)
def test_a_fault_of_form_is_doubted(question: str, text: str) -> None:
    seen = observed(question, text)
    assert confidence(seen, WEIGHTS) < THRESHOLD
    assert doubt_of(seen, WEIGHTS) == "form"


@pytest.mark.parametrize(
    ("question", "text", "finish_reason"),
    [
        pytest.param("Who built it?", "", "stop", id="empty"),
        pytest.param("Who built it?", "It was built by", "length", id="cut-off"),
        pytest.param("Print 1", "```python\nprint(1)", "stop", id="open-fence"),
    ],
)
def test_a_fault_of_structure_is_told_from_one_of_form(
    question: str, text: str, finish_reason: str
) -> None:
    answer = Answer.model_validate({"text": text, "finish_reason": finish_reason})
    assert doubt_of(signals(answer, EXPECTED, conversation_of(question)), WEIGHTS) == "structure"


def test_the_larger_fault_names_the_doubt() -> None:
    refused = observed("Who built it?", "I'm sorry, but I can't help with that.")
    broken = refused.model_copy(update={"structure": 0.0, "emptiness": 0.0})
    assert doubt_of(refused, WEIGHTS) == "form"
    assert doubt_of(broken, WEIGHTS) == "structure"


@pytest.mark.parametrize(
    ("asked", "shortness_counts"),
    [
        ({}, True),
        ({"max_tokens": 8}, False),
        ({"after_tool_results": True}, False),
        ({"system": "Answer in one sentence."}, False),
    ],
    ids=["unlimited", "limited-by-the-caller", "after-tool-results", "brief-by-instruction"],
)
def test_length_counts_only_where_it_can_be_wanted(
    asked: dict[str, Any], shortness_counts: bool
) -> None:
    seen = observed("Explain in detail how TLS works.", "By a handshake.", **asked)
    assert (seen.shortness < 0.5) == shortness_counts


def test_a_follow_up_is_read_with_the_turn_before_it() -> None:
    messages = [
        {"role": "user", "content": "Translate to English: 'No puedo.'"},
        {"role": "assistant", "content": "I can't."},
        {"role": "user", "content": "and to German?"},
    ]
    conversation = Conversation.model_validate({"messages": messages})
    answer = Answer(text="Ich kann nicht.", finish_reason="stop")
    assert signals(answer, EXPECTED, conversation).refusal == 1.0


def test_instructions_may_say_that_all_is_to_be_translated() -> None:
    translator = "Translate whatever the user writes into English."
    assert observed("No puedo venir.", "I cannot come.", system=translator).refusal == 1.0


USUAL = "Paris is the capital of France and lies on the river Seine, as most people know. " * 12


def test_a_usual_answer_costs_less_than_a_millisecond() -> None:
    question = "What is the capital of France, and how do I get there from London by train?"
    asked, answer = conversation_of(question), Answer(text=USUAL, finish_reason="stop")
    signals(answer, EXPECTED, asked)
    assert takes_less_than(1, lambda: signals(answer, EXPECTED, asked))


HOSTILE = [
    "[THINK]", "[/THINK]", "[",
    "<think>", "</think>", "<", '"', "'", "' '", "“", "«", "「", "‘", "`", "``", "```\n", "~~~\n",
    "> ", "- a\n", "a: b\n", "i ", "i can ", "i don't ", "ich kann ", "je ne ", "no ", "не ", "我",
    "我不", "お", "드리", "لا ", "मैं ", "as an ", "sorry ", "not ", "if you ", "1 ", "9" * 3 + ".",
    "10 words ", "a", "ab ", "\n", ".", ",", "é", "\u0301",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_odd_answer_or_question_takes_bounded_time(piece: str) -> None:
    text = piece * (65_536 // len(piece))
    answer = Answer(text=text, finish_reason="stop")
    assert takes_less_than(60, lambda: signals(answer, EXPECTED, conversation_of("Who are you?")))
    asked = conversation_of(text)
    short = Answer(text="I can't.", finish_reason="stop")
    assert takes_less_than(60, lambda: signals(short, EXPECTED, asked))
