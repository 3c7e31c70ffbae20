"""Finds where an answer itself declines or doubts, with regard to the question."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .asked import Asked
from .own_words import own_words, without_dialogue
from .phrase_patterns import FoldedText, Phrases
from .speech_phrases import (
    DECLINING,
    DOUBTING,
    FIRST_PERSON,
    NEGATED_FIRST_PERSON,
    NEGATIONS,
    SORRY,
    TASK,
    TENTATIVE,
)

_JUDGED = 6_000
_BODY = 2_000
_FIRST = 200
_OPENING = 400
_START = 80
_BRIEF = 300
_TENTATIVE_WORDS = 2
_CLAUSE_CHARACTERS = 120
_ANY_NEGATION = frozenset().union(*(person.negations for person in FIRST_PERSON.values()))
_DECLINES = Phrases(*DECLINING.values())
_DOUBTS = Phrases(*DOUBTING.values())
_TENTATIVE = Phrases(*TENTATIVE.values())
_SORRY = Phrases(SORRY)
_NEGATION = Phrases(NEGATIONS)
_TASK = Phrases(TASK)
_NEGATED = Phrases(NEGATED_FIRST_PERSON)
_IDENTITY = Phrases("""
    as an ai, as a language model, as a large language model, as an artificial intelligence,
    as a text-based, as an assistant,
    als ki*, als sprachmodell, als künstliche, en tant qu'[ia|intelligence|assistant*|modèle],
    en tant que [modèle|ia], como [modelo de lenguaje|ia|inteligencia|una ia|un modelo|
    modelo de linguagem|uma ia|inteligência], in quanto [ia|intelligenza|modello],
    als [ai|taalmodel|kunstmatige], jako [model językowy|sztuczna|ai],
    как [ии|искусственный|языковая|языковой], bir yapay ze*, yapay ze* olarak,
    作为[一|一个|一名|]…[ai|人工智能|语言模型], 言語モデル, ai[として|なので|ですので], 언어 모델,
    [ai|인공지능][로서|이기 때문|이라서], بصفتي,
    كنموذج, एआई, भाषा मॉडल
""")
_UNWILLING = Phrases("""
    i'd rather not, i would rather not, i'd prefer not to, take sides, i'd ~sooner not,
    je préfère ne pas, je préfère m'abstenir, prefiero no, prefiro não, preferisco non,
    preferirei non, möchte ich ~nicht, halte ich mich ~[raus|heraus|zurück], enthalte ich mich,
    liever niet, onthoud ik me, houd ik me buiten, wolę nie, wolał*by* ~nie,
    предпочту не, воздержусь, отказываюсь, reddediyorum, 不便…[评价|评论|置评|表态], 我拒绝,
    お断り, [控え|遠慮]させて, [거절|사양][할|하겠|합니다|드립], افضل [الا|عدم],
    [बचना|नहीं कहना] ~[चाहूँगा|चाहूँगी|चाहूंगा|चाहूंगी]
""")
_OUTRIGHT = Phrases(
    _IDENTITY.tables,
    _UNWILLING.tables,
    """
    no can do,
    i'm going to have to ~[pass|decline|refuse|say no], i'll ~have to [pass|decline|refuse],
    i ~[must|have to|need to] ~decline to, i'm ~going to ~decline, i'll have to pass, i [can't|
    cannot|can not|won't|will not] ~[help|assist|comply|fulfil*|provide|create|generate|produce|
    support|write|compose|draft|reproduce|roast|mock|impersonat*] ~[you |] ~[with |] [that|this|
    such|content|a|an|the|anything|any|jokes|texts|messages|someone|people],
    not something i['ll|'m|'d|] ~[can|will|do|am|produce|write|help|want|comfortable],
    i'm not comfortable, i am not comfortable, i refuse to, i [can't|won't|cannot] do [that|this],
    i won't be [doing|writing|helping|producing|creating|making],
    against my [guidelines|programming|values|principles|policy], i'm ~[unable|not able|
    not willing|not going] to [write|create|produce|help|provide|generate|draft|compose|assist|do|
    share|make|draw], i [can't|cannot] give ~advice, i'll skip, hard pass, i'm going to pass,
    [das|dies|so etwas|sowas|solche ~] [möchte|will|werde|schreibe|mache|verfasse|erstelle|
    formuliere|erzähle|tue] ich ~nicht, je préfère ~[m'abstenir|éviter], da* lehne ich ~ab,
    je refuse de, me niego a, terei [de|que] recusar, tengo que [rechazar|negarme],
    me recuso a, mi rifiuto di, devo ~[tirarmi indietro|rifiutare], odmawiam, muszę odmówić,
    [daar|hier] [werk|doe] ik ~niet ~[aan |]mee, [sla|laat] ik ~over, вынужден* ~отказ*, откажусь
""",
)
_TEXT_WORK = Phrases("""
    translat*, write, writing, rewrite, rewriting, draft*, compos*, summari*, correct*, edit*,
    content, text*,
    übersetz*, schreib*, verfass*, formulier*, zusammenfass*, korrigier*, text*, inhalt*,
    tradui*, rédig*, écri*, résum*, corrig*, reformul*, contenu*, text*, traduc*, traduz*,
    escrib*, redact*, resum*, reescrib*, contenid*, escrev*, redig*, reescrev*, conteúd*,
    tradur*, scriv*, riassum*, corregg*, riscriv*, contenut*, test*, vertal*, vertaal*, schrijv*,
    schrijf*, samenvat*, tekst*, inhoud,
    tłumacz*, przetłum*, napis*, pisać, streszcz*, tekst*, treści, перев*, напис*, писать, текст*,
    контент, çevir*, yaz*, özetle*, metin*, içerik*,
    翻译, 撰写, 改写, 编写, 内容, 翻訳, 執筆, 文章, 内容, 번역, 작성, 내용, ترجم*, كتابة, محتو*,
    अनुवाद, लिख*, सामग्री
""")
_HELPING = Phrases("""
    [help|assist] ~[you |]with [that|this|it|your request], this request, your request,
    [dabei|damit] ~helf*, helfe* ~[dabei|damit], behilflich, [vous|t'] aider, t'aider, ayudarte,
    ayudarle, ayudar con, [ajudar|ajudá-lo|ajudar-te] com, aiutarti, aiutarla, daarbij helpen,
    [je|u] ~helpen, pomóc, помочь, yardımcı ol*, 帮您, 帮你, 帮助您, 协助, お手伝い, お手伝, 도와드,
    مساعدتك, مدد, मदद
""")
_NOW = Phrases("""
    now, moment, today, time, week, tonight, jetzt, gerade, heute, moment*, maintenant, aujourd'hui,
    ahora, hoy, agora, hoje, adesso, oggi, nu, vandaag, teraz, dzisiaj, сейчас, сегодня, şu an,
    现在, 今天, 今, 지금, 오늘, الان, اليوم, अभी, आज
""")
_SOMEBODY = Phrases("[know|known] [him|her|them|you|me|us|the man|this man|that man|the woman]")
_CONDITION = Phrases("""
    if [you|your|the|it|they|a|anyone|someone|nobody], when you, whether you, in case, falls,
    wenn, sofern, wer, si [vous|tu|on|votre], se [non|você|voce|hai|il], si [no|usted|el],
    als [je|u|de|het|iemand], indien, jeśli, jeżeli, gdy, если, когда, eğer, якщо, pokud, om du,
    nếu bạn, jika, kalau,
    如果, 若, 要是, 如你, もし, 場合, ことがあれ, 点があれ, 만약, 만일, 있으면, 있으시면, 경우,
    اذا, लو, अगर, यदि
    """)
_ADDRESSEE = Phrases("""
    if [you|your|you're], when you, whether you, wenn [sie|du], falls [sie|du], si [vous|tu],
    als [je|u], jeśli [pan*|nie], если [вы|ты], se [você|lei], si [usted|tú]
""")
_OTHERS = Phrases("""
    you, you're, your, they, they're, he, she, we, we're, people, who, scientists, researchers,
    experts, historians, scholars, users, nobody, everyone, someone, many, customers, says, said,
    say, states, report*, according, study, author*, police, child*, kids, models, students,
    speaker,
    du, man, er, wir, niemand, forsch*, wissenschaft*, viele, vous, tu, on,
    il [ne|n'*|dit|est], elle, nous, ils,
    personne, chercheurs, scientifiques, usted, ella, ellos, nadie, científicos, você, ele, ela,
    ninguém, cientistas, lui, lei, nessuno, scienziati, je, jij, u, men, hij, zij, ze,
    wetenschappers, niemand, on, ona, oni, nikt, naukow*, ты, вы, он, она, они, никто, ученые,
    никому, kimse, bilim*,
    你, 您, 他, 她, 科学, 人们, 学者, 专家, 学界, 大家, 很多人, 有人, 彼, 科学者, 専門家, 学者,
    人々, 과학자, 학자, 사람들, 그는, 그녀, هو,
    هي, العلماء, الناس, احد, वैज्ञानिक*, लोग, आप, वह, वे
""")
_SPEAKER = Phrases("""
    i, i'm, i've, i'd, i'll, me, my, mine, ich, mir, mich, mein*, je ~ne, j', j'ai, ik, mij, mijn,
    me, mi, eu, mim, io, я, мне, меня, ja, ben, 我, 私, 저, 제, 나, انا, मैं, मुझे, मेरे
""")
_CONDOLENCE = Phrases("""
    you're right, you are right, good catch, my mistake, my bad, du hast recht, sie haben recht,
    mein fehler, vous avez raison, tu as raison, mon erreur, tienes razón, tiene razón, mi error,
    tem razão, tens razão, hai ragione, ha ragione, je hebt gelijk, u heeft gelijk, masz rację,
    ma pan* rację, вы правы, ты прав*, haklısın*, 说得对, 你是对的, 您是对的, その通り,
    おっしゃる通り, ご指摘, 맞습니다, 말씀이 맞, معك حق, आप सही, तुम सही,
    sorry [about|for|to hear|you|that you], apolog* for, thanks for, unfortunately *,
    tut mir leid *, entschuldig* für
""")
_IDIOM = Phrases("""
    i ~[can't|cannot] [think of|decide|make that|wait|stress|emphasi*|overstate|imagine|say enough|
    complain|recommend * enough|help but],
    i don't [think|believe], i didn't [find|change|touch|see], i ~[couldn't|could not] find
""")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|[。！？؟।\n]+")
_CLAUSE = re.compile(r"[.!?;:,()\n…—–。！？；：，、؟،।]+")


class Speech(NamedTuple):
    """The doubts in an answer's own words, and whether these decline to answer."""

    doubts: int
    declines: bool


def speech_of(text: str, asked: Asked) -> Speech:
    """Judge the first 6,000 characters of an answer, of its own words the first 2,000.

    A text that was asked for, such as a letter or a translation, may doubt or decline. It is the
    model that declines if the first sentences name the task, unless the text is about that.
    """
    own = FoldedText(own_words(text[:_JUDGED])[:_BODY])
    if asked.words == "played":
        return Speech(0, _OUTRIGHT.within(FoldedText(own.text[:_OPENING])))
    if asked.wording and asked.words != "own":
        doubts = _mere_doubts(own, asked)
        if doubts or _offers_no_help(own, asked):
            return Speech(doubts, not doubts)
    if asked.says_not:
        return Speech(0, _declines_the_task(own.text[:_FIRST], _TEXT_WORK, _IDENTITY))
    if asked.words == "written":
        return Speech(0, _declines_the_task(own.text))
    doubts = _doubts(own, asked)
    declines = _declines(own, asked)
    if (doubts or declines) and _speaks_of_not(asked.source):
        return Speech(0, False)
    return Speech(doubts, declines)


def _mere_doubts(own: FoldedText, asked: Asked) -> int:
    """The doubts if each sentence is one, unless a doubt is what the question is about."""
    if _DOUBTS.within(FoldedText(asked.wording)):
        return 0
    doubts = [len(list(_DOUBTS.find(sentence))) for sentence in _sentences(own.text)]
    return 0 if _SOMEBODY.within(own) or not all(doubts) else sum(doubts)


def _offers_no_help(own: FoldedText, asked: Asked) -> bool:
    """True if all that is said is that the speaker cannot help: not with what, not until when."""
    if len(own.text) > _START or _NOW.within(own) or _speaks_of_not(asked.source):
        return False
    return _declines_the_task(own.text, _HELPING, _IDENTITY)


def _speaks_of_not(source: str) -> bool:
    """True if a text that the question quotes declines or doubts itself."""
    text = FoldedText(source)
    return _DOUBTS.within(text) or _DECLINES.within(text) or _SORRY.within(text) or _denies_in(text)


def _declines_the_task(own: str, task: Phrases = _TASK, outright: Phrases = _OUTRIGHT) -> bool:
    said = without_dialogue(own)[:_OPENING]
    first_line = said.lstrip().partition("\n")[0].rstrip()
    if first_line.endswith((",", "，", "!")) and "\n" in said.strip() and len(first_line) < _START:
        return False
    return outright.within(FoldedText(said)) or any(
        task.within(sentence)
        and (_DECLINES.within(sentence) or _regrets(sentence) or _denies_in(sentence))
        for sentence in _sentences(said)
    )


def _declines(own: FoldedText, asked: Asked) -> bool:
    opening = own if len(own.text) <= _OPENING else FoldedText(own.text[:_OPENING])
    if asked.about_you:
        return _regrets(opening) or _UNWILLING.within(opening)
    declining = _DECLINES.starts(own)
    if declining and declining - _IDIOM.starts(own):
        return True
    if asked.after_tools:
        return False
    return _regrets(opening) or _denies_in(opening)


def _doubts(own: FoldedText, asked: Asked) -> int:
    doubts = list(_DOUBTS.find(own))
    if doubts:
        return sum(map(_is_the_speakers, doubts))
    if asked.words != "own" or asked.about_you or len(own.text) >= _BRIEF:
        return 0
    return int(len({match[0] for match in _TENTATIVE.find(own)}) >= _TENTATIVE_WORDS)


def _is_the_speakers(doubt: re.Match[str]) -> bool:
    """False if the clause is about others, or a condition: "if you are not sure"."""
    before, after = _around(doubt)
    for condition in _ADDRESSEE.find(FoldedText(before)):
        if not _SPEAKER.within(FoldedText(f"{before[condition.end() :]}{doubt[0]}")):
            return False
    if _SPEAKER.within(FoldedText(f"{before}{doubt[0]}{after}")):
        return True
    rest = FoldedText(f"{before} {after}")
    return not (_OTHERS.within(rest) or _CONDITION.within(rest))


def _around(match: re.Match[str]) -> tuple[str, str]:
    """What stands before and after a phrase in its clause, at most 120 characters of each."""
    before = match.string[max(0, match.start() - _CLAUSE_CHARACTERS) : match.start()]
    after = match.string[match.end() : match.end() + _CLAUSE_CHARACTERS]
    return _CLAUSE.split(before)[-1], _CLAUSE.split(after, maxsplit=1)[0]


def _regrets(text: FoldedText) -> bool:
    """True if the text begins with an apology and says in its first sentences what is not."""
    start = FoldedText(text.text[:_START])
    apology = next(_SORRY.find(start), None)
    if apology is None or _CONDOLENCE.within(start):
        return False
    first = "\n".join([part for part in _SENTENCE.split(text.text) if part.strip()][:2])
    return _NEGATION.within(FoldedText(first[apology.end() :]))


def _denies_in(text: FoldedText) -> bool:
    """True if the speaker says what he does not do, and it is no doubt or advice."""
    denied = [match[0].join(_around(match)) for match in _NEGATED.find(text)]
    denied += [clause for clause in _CLAUSE.split(text.text) if _denies(clause)]
    clauses = map(FoldedText, denied)
    return any(not (_DOUBTS.within(clause) or _IDIOM.within(clause)) for clause in clauses)


def _denies(clause: str) -> bool:
    words = set(clause.replace("'", " ").split())
    return not words.isdisjoint(_ANY_NEGATION) and any(
        words & person.first and words & person.negations and not words & person.except_with
        for person in FIRST_PERSON.values()
    )


def _sentences(text: str) -> Iterator[FoldedText]:
    return (FoldedText(part) for part in _SENTENCE.split(text) if part.strip())
