"""Bodies in all formats that hold what one vendor takes and another refuses."""

import base64
import json
import random
from typing import Any

Json = dict[str, Any]

BLANK = ["", " ", "\n\n", "\t", "\u00a0\u2003"]
WORDS = ["Go on", "12", "34", "Grüße 🙂", "x\n", " leading"]
IDS = [
    "call_0", "call_0", "call_0", "toolu_1", "functions.look:2", "functions.look:3",
    "functions_look_2", "chatcmpl-tool-0123456789abcdef0123456789abcdef", "é" * 50, "x" * 96,
    "x" * 95 + "y", "a b", "\n",
]  # fmt: skip
NUMBERS = ["1", "1e15"]
NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"]
ODD_TEXTS = ['"a"', '"\\ud83d\\ude00"', '"\\u0000"', "null", "[[{}]]"]
HALF_AN_EMOJI = '"cut \\ud83d"'
"""Like `NO_NUMBERS` only within a text: in the JSON of the body itself the door refuses it."""
PICTURES = [b"\x89PNG\r\n\x1a\n0000", b"\xff\xd8\xff\xe0" + b"0" * 12, b"GIF89a000000"]
LABELS = ["image/png", "image/jpeg", "image/jpg", "image/PNG", "image/gif", "image/webp"]
CALL_NAMES = ["look", "look", "functions.look", "n" * 64]
TOOLS = ["look", "n" * 64]
USERS = [None, "ann", "u" * 64, "u" * 65, "é" * 300]


class OddHistories:
    """Makes random bodies that the door takes; every call and its result hold the same number."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._calls = 0
        self._odd: list[str] = []

    def body(self, wire: str) -> str:
        """A body in this format, as its caller's client writes it."""
        chance = self._chance
        within_texts = [] if wire == "anthropic" else [*NO_NUMBERS, HALF_AN_EMOJI]
        self._odd = [*NUMBERS, *ODD_TEXTS, *within_texts]
        if wire == "openai-responses":
            return json.dumps(self._responses_body())
        made = self._anthropic_round if wire == "anthropic" else self._openai_round
        turns = [turn for _ in range(chance.randint(1, 4)) for turn in made()]
        last = chance.choice([*WORDS, *BLANK]) or " "
        body: Json = {"model": "auto", "messages": [*turns, {"role": "user", "content": last}]}
        user = chance.choice(USERS)
        if wire == "anthropic":
            body |= {"max_tokens": 100, "metadata": {"user_id": user}}
            body["tools"] = [{"name": n, "input_schema": {"type": "object"}} for n in TOOLS]
            body["system"] = self._texts()
        else:
            body["user"] = user
            body["tools"] = [{"type": "function", "function": {"name": name}} for name in TOOLS]
            body["messages"].insert(0, {"role": "system", "content": self._texts()})
        return json.dumps(body)

    def _responses_body(self) -> Json:
        """Calls and words in any order, and other turns between a call and its output."""
        chance = self._chance
        items: list[Json] = []
        for _ in range(chance.randint(1, 4)):
            items.append({"role": "user", "content": chance.choice(WORDS)})
            calls = {call_id: rest for call_id, *rest in self._round()}
            said = [{"role": "assistant", "content": chance.choice(WORDS)}] * chance.randint(0, 2)
            called = [
                {
                    "type": "function_call", "call_id": call_id,
                    "name": chance.choice(CALL_NAMES), "arguments": arguments,
                }
                for call_id, (arguments, _) in calls.items()
            ]  # fmt: skip
            turn: list[Json] = [*said, *called]
            chance.shuffle(turn)
            outputs: list[Json] = [
                {"type": "function_call_output", "call_id": n, "output": f"result {number}"}
                for n, (_, number) in calls.items()
            ]
            roles = ["developer", "user", "assistant"] if calls else []
            between: list[Json] = [
                {"role": role, "content": chance.choice(WORDS)}
                for role in roles
                if chance.random() < 0.3
            ]
            after = [*outputs, *between]
            chance.shuffle(after)
            items += [*turn, *after]
        items.append({"role": "user", "content": chance.choice(WORDS)})
        tools = [{"type": "function", "name": name, "parameters": None} for name in TOOLS]
        return {"model": "auto", "input": items, "tools": tools, "user": chance.choice(USERS)}

    def _texts(self) -> str | list[Json]:
        chance = self._chance
        if chance.random() < 0.5:
            return chance.choice([*WORDS, *BLANK])
        texts = chance.choices([*WORDS, *BLANK], k=chance.randint(1, 3))
        return [{"type": "text", "text": text} for text in texts]

    def _arguments(self) -> str:
        """The arguments of a call: its number, and something odd."""
        self._calls += 1
        odd = self._chance.choice(self._odd)
        return f'{{"call": {self._calls}, "odd": {odd}}}'

    def _round(self) -> list[tuple[str, str, int]]:
        """Calls of one turn: the id, the arguments, and their number."""
        count = self._chance.randint(0, 3)
        return [(self._chance.choice(IDS), self._arguments(), self._calls) for _ in range(count)]

    def _picture(self) -> tuple[str, str]:
        label = self._chance.choice(LABELS)
        return label, base64.b64encode(self._chance.choice(PICTURES)).decode()

    def _openai_round(self) -> list[Json]:
        chance, calls = self._chance, self._round()
        label, data = self._picture()
        url = f"data:{label}{chance.choice(['', ';charset=utf-8'])};base64,{data}"
        asked: list[Json] = [{"type": "text", "text": chance.choice([*WORDS, *BLANK])}]
        if chance.random() < 0.3:
            asked.append({"type": "image_url", "image_url": {"url": url}})
        turn: Json = {"role": "assistant", "content": self._texts()}
        if calls:
            turn["tool_calls"] = [
                {
                    "id": call_id, "type": "function",
                    "function": {"name": chance.choice(CALL_NAMES), "arguments": arguments},
                }
                for call_id, arguments, _ in calls
            ]  # fmt: skip
        results = [
            {"role": "tool", "tool_call_id": call_id, "content": f"result {number}"}
            for call_id, _, number in calls
        ]
        name = chance.choice(["ann", "A. <b>"])
        return [{"role": "user", "content": asked, "name": name}, turn, *results]

    def _anthropic_round(self) -> list[Json]:
        chance, calls = self._chance, self._round()
        label, data = self._picture()
        picture = {
            "type": "image", "source": {"type": "base64", "media_type": label, "data": data},
        }  # fmt: skip
        asked: list[Json] = [{"type": "text", "text": chance.choice([*WORDS, *BLANK])}]
        texts = self._texts()
        parts = [{"type": "text", "text": texts}] if isinstance(texts, str) else texts
        used = [
            {
                "type": "tool_use", "id": call_id, "name": chance.choice(CALL_NAMES),
                "input": json.loads(arguments),
            }
            for call_id, arguments, _ in calls
        ]  # fmt: skip
        results: list[Json] = [
            {
                "type": "tool_result", "tool_use_id": call_id,
                "content": [{"type": "text", "text": f"result {number}"}, picture],
            }
            for call_id, _, number in calls
        ]  # fmt: skip
        after = [{"role": "user", "content": results}] if results else []
        answered = {"role": "assistant", "content": [*parts, *used]}
        return [{"role": "user", "content": asked}, answered, *after]
