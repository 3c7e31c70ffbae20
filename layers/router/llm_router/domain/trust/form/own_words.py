"""The words that an answer speaks itself: without thoughts, code, quotations and dialogue."""

import re

THOUGHT_TAG = re.compile(
    r"</?(?:think|thinking|thoughts?|reasoning|reflection|scratchpad)>|\[/?think\]", re.IGNORECASE
)
"""The tags around the thoughts that a model writes into its text."""
_FENCE = re.compile(r"^[ \t]{0,8}(?:```|~~~)", re.MULTILINE)
_INLINE = re.compile(r"``[^`\n]{1,400}``|`[^`\n]{1,400}`")
_QUOTED_LINE = re.compile(r"^[ \t]{0,8}>.*$", re.MULTILINE)
_PLAIN = re.compile(r'"[^"]{1,600}"')
_SINGLE = re.compile(r"'(?<!\w')(?:[^'\n]|(?<=\w)'(?=\w)){1,300}'(?!\w)")
_TYPOGRAPHIC = re.compile(
    r"[“”„‟][^“”„‟]{1,600}[“”‟]|[«»][^«»]{1,600}[«»]|[‹›][^‹›]{1,400}[‹›]|「[^「」]{1,600}」|"
    r"『[^『』]{1,600}』|《[^《》]{1,300}》|‚[^‘’‚]{1,300}[‘’]|‘(?:[^‘’\n]|(?<=\w)’(?=\w)){1,300}’(?!\w)"
)
_INTRODUCED = re.compile(r"[:：]\s|\n")
_SPEAKER = r"\*{0,2}[^\s:：*]{1,20}(?: [^\s:：*]{1,20})?\*{0,2}[:：]"
_SPOKEN_LINE = re.compile(
    rf"^[ \t]{{0,8}}(?:(?:[—–―][ \t]?|-[ \t]|\d{{1,3}}[.)][ \t])\S|{_SPEAKER}).*$", re.MULTILINE
)


def without_thoughts(text: str) -> str:
    """The text without `<think>` blocks; one that is never closed ends at the text's end."""
    if "<" not in text and "[" not in text:
        return text
    kept: list[str] = []
    depth = 0
    at = 0
    for tag in THOUGHT_TAG.finditer(text):
        opens = "/" not in tag[0]
        if depth == 0 and opens:
            kept.append(text[at : tag.start()])
        elif depth == 0:
            # The opening mark was part of the prompt: all before the closing one is thought.
            kept.clear()
        depth = depth + 1 if opens else max(0, depth - 1)
        at = tag.end()
    if depth == 0:
        kept.append(text[at:])
    return " ".join(kept)


def without_code(text: str) -> str:
    """The text without fenced blocks and inline code; an open block ends at the text's end."""
    if "```" in text or "~~~" in text:
        text = "\n".join(_FENCE.split(text)[::2])
    return _INLINE.sub(" ", text) if "`" in text else text


def without_quotes(text: str) -> str:
    """The text without its quotations, in the marks of any script."""
    if '"' in text:
        text = _PLAIN.sub(" ", text)
    if "'" in text:
        text = _SINGLE.sub(" ", text)
    return text if text.isascii() else _TYPOGRAPHIC.sub(" ", text)


def without_dialogue(text: str) -> str:
    """The text without lines that a dash, a number or a speaker's name marks as spoken."""
    return _SPOKEN_LINE.sub(" ", text)


def own_words(text: str) -> str:
    """What an answer says itself, in order."""
    text = without_code(without_thoughts(text))
    return without_quotes(_QUOTED_LINE.sub(" ", text) if ">" in text else text)


def quoted_source(text: str) -> str:
    """The parts of a question that are not its own words: quotations, and what a colon or a line
    break introduces.
    """
    outside = without_quotes(text)
    marked = _INTRODUCED.search(outside)
    quoted = " ".join(
        match[0] for pattern in (_PLAIN, _SINGLE, _TYPOGRAPHIC) for match in pattern.finditer(text)
    )
    return f"{quoted}\n{outside[marked.end() :]}" if marked else quoted
