"""The few settings worth testing: on part A each saves more than every one that loses less."""

from collections.abc import Sequence
from dataclasses import dataclass

from llm_router.domain.confidence import ConfidenceWeights

from .candidate_settings import considered
from .cuts import thinned
from .evidence import Evidence, Setting, routed

_SAME = 0.005
"""A saving this much higher does not make up for a setting that is less simple or strict."""

_MOST = 8
_MOST_QUESTIONS = 1_000
"""Enough to choose among settings; the claims are ordered with all of part A."""


@dataclass(frozen=True)
class _Tried:
    setting: Setting
    kept: float
    saving: float

    def makes_needless(self, later: "_Tried") -> bool:
        """Whether nothing is lost without a setting that is less simple or strict."""
        return self.kept >= later.kept and self.saving + _SAME >= later.saving

    def beats(self, earlier: "_Tried") -> bool:
        """Whether nothing is lost without a setting that is simpler or stricter."""
        return self.kept >= earlier.kept and self.saving > earlier.saving + _SAME


def family(
    part_a: Sequence[Evidence], weights: ConfidenceWeights, present: Setting
) -> list[Setting]:
    """At most eight settings, the ones that keep most first; `present` stays if none is better.

    Left out are settings that save nothing, and those that save less than sending questions to the
    strong model at random would, at the same quality.
    """
    questions = part_a[:_MOST_QUESTIONS]
    kept = list[_Tried]()
    for tried in (_tried(questions, s) for s in [*considered(questions, weights), present]):
        if any(earlier.makes_needless(tried) for earlier in kept):
            continue
        kept = [earlier for earlier in kept if not tried.beats(earlier)]
        kept.append(tried)
    mix = _RandomMix.of(questions)
    worthwhile = [t for t in kept if t.saving > max(_SAME, mix.saving_at(t.kept) - _SAME)]
    worthwhile.sort(key=lambda t: -t.kept)
    return [tried.setting for tried in thinned(worthwhile, _MOST)]


@dataclass(frozen=True)
class _RandomMix:
    """What the cheap model alone keeps and saves; a mix lies between it and the strong one."""

    kept: float
    saving: float

    @classmethod
    def of(cls, questions: Sequence[Evidence]) -> "_RandomMix":
        shipped = sum(e.cheap.quality for e in questions)
        spent = sum(e.cheap.cost_usd for e in questions)
        return cls(*_relative(questions, shipped, spent))

    def saving_at(self, kept: float) -> float:
        """What a mix saves that keeps so much."""
        if self.kept >= 1:
            return self.saving
        return self.saving * min(1.0, max(0.0, (1 - kept) / (1 - self.kept)))


def _tried(questions: Sequence[Evidence], setting: Setting) -> _Tried:
    endings = [routed(e, setting) for e in questions]
    shipped, spent = sum(e.quality for e in endings), sum(e.cost_usd for e in endings)
    return _Tried(setting, *_relative(questions, shipped, spent))


def _relative(questions: Sequence[Evidence], shipped: float, spent: float) -> tuple[float, float]:
    """The quality kept and the saving against always asking the strong model."""
    best = sum(e.strong.quality for e in questions)
    dearest = sum(e.strong.cost_usd for e in questions)
    return shipped / best if best else 1.0, 1 - spent / dearest if dearest else 0.0
