"""Questions whose answer is a label out of a few, or a name, a place, a date: a few words."""

import re

_ASKING = 2_000
_LABELLING = re.compile(
    r"(?:^|[.!?:\n]\s{0,9})(?:please |now )?(?:classify|categori[sz]e|label|tag)\b|"
    r"\b(?:(?:what|which)\b[^?.\n]{0,40}|"
    r"(?:determine|identify|detect|predict|choose|decide)\b[^.?\n]{0,60})"
    r"\b(?:category|label|class|sentiment|intent|topic|genre|emotion|stance)\b|"
    r"(?:^|[.\n]\s{0,9})(?:is|was|are) [^?\n]{1,200}\b[\w-]{2,30} or [\w-]{2,30}\?|"
    r"\b(?:premise|text|passage|sentence)s? entails?\b|"
    r"\b(?:answer|respond|reply|output) (?:only )?(?:with |by )(?:only |exactly |just )?"
    r"(?:one of\b|"
    r"[\"'`]?[\w-]{1,30}[\"'`]?,? (?:[\w\"'`-]{1,30}, ){0,8}or [\"'`]?[\w-]{1,30}\W{0,3}(?:$|\n))",
    re.IGNORECASE,
)
_ITEM = r"[\"'`]?[\w-]{2,30}[\"'`]?"
_LABELS = re.compile(rf"\b{_ITEM}(?:, {_ITEM}){{0,12}},? or {_ITEM}", re.IGNORECASE)
_LISTED = re.compile(r":\s?(?P<labels>[\w-]{2,30}(?:(?:, | / |\|)[\w-]{2,30}){1,12})[.\n\]]")
_EDGE = " \"'`.,"
_ASKED = re.compile(
    r"(?:^|[.!?\n])\s{0,9}(?:q(?:uestion)?\s?\d{0,3}[:.]\s)?([^.!?\n]{1,300})\?", re.IGNORECASE
)
# fmt: off
_NAMEABLE = (
    "name|capital|currency|title|symbol|formula|author|language|birthplace|nationality|colou?r|date|"
    "day|month|term|word|city|country|state|continent|river|mountain|ocean|lake|planet|star|element|"
    "animal|bird|organ|bone|desert|island|building|president|king|queen|instrument|abbreviation|"
    "acronym|surname|nickname|occupation|profession|genre|religion|antonym|synonym|opposite|plural|"
    "species|metal|gas|unit|powerhouse|complexity"
)
_UNNAMED = (
    "is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|makes?|happens?|causes?|if|"
    "about|role|kind|sort|type|way|impact|effect|exactly|actually|really|else|more|other|new|best|"
    "advice|good|better|one"
)
# fmt: on
_FACT = re.compile(
    r"(?:(?:in|on|at|by|to|from|of|for) )?(?:"
    # "Who was Napoleon?" asks for a life, "Who was the first emperor?" for a name.
    r"(?:who|whom|whose) (?!(?:is|was|are|were) (?:(?-i:[A-Z])|(?:this|that|s?he|it|they)\b))\w|"
    r"when (?:did|was|were|is|does|will)\b|where (?:did|was|were|is|are|does)\b|"
    rf"(?:what|which) (?!(?:{_UNNAMED})\b)(?!\w{{2,20}}[^\Wsui]s\b)[\w'’-]{{2,20}} \w|"
    r"(?:what|which)(?: is|['’]s| was) the (?!best\b|worst\b|ideal\b)"
    r"(?:(?!(?:of|for|in|between)\b)[\w-]{1,20} ){0,3}?"
    rf"(?:{_NAMEABLE})(?=\Z| (?:of|in|for|on|from|that|which|with|where|to|by|known|called|used)\b)"
    r")",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:i|you|we|me|us|my|your|our|one)\b", re.IGNORECASE)


def asks_for_a_label(asked: str) -> bool:
    """Whether something is to be put into a class."""
    return bool(_LABELLING.search(asked[:_ASKING]) or _LABELLING.search(asked[-_ASKING:]))


def labels(asked: str) -> tuple[str, ...]:
    """The classes that a question offers; none if it does not list them."""
    for text in (asked[-_ASKING:], asked[:_ASKING]):
        if (found := _LABELS.findall(text)) and (names := re.split(r",? or |, ", found[-1])):
            return tuple(map(_bare, names))
        if listed := _LISTED.search(text):
            return tuple(map(_bare, re.split(r", | / |\|", listed["labels"])))
    return ()


def asks_for_a_fact(asked: str) -> bool:
    """Whether the last question is for a name, a place, a date or the like, not for an opinion."""
    questions = _ASKED.findall(asked[-_ASKING:])
    if not questions or _PERSONAL.search(questions[-1]):
        return False
    said = questions[-1].strip(" \"'*_`\t")
    return bool(_FACT.match(said) or _FACT.match(said.rpartition(", ")[2]))


def _bare(name: str) -> str:
    return name.strip(_EDGE).casefold()
