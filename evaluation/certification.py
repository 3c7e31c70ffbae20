"""Which claims a sample certifies: "setting k keeps at least q of the strong model's quality".

Part A decides the order in which the claims are tested and how much is staked on each; the sample
decides how far down that order the tests go. They stop at the first claim that is not certified
(fixed-sequence testing), so all that are certified hold together with the stated confidence:
whoever then takes the highest quality, the cheapest setting or a wanted escalation rate among them
does not weaken it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .bounds import Spread, certified
from .samples import Sample

_DOUBT = 0.5
"""How many questions with the worst margin are added to part A's: what it did not see may be."""


@dataclass(frozen=True)
class Claim:
    """That a candidate keeps this share of the strong model's quality, as part A saw its margins.

    `expected` holds their mean square, and `certainty` how many standard errors their mean would
    lie above zero in a sample as large as part B.
    """

    candidate: int
    quality_kept: float
    expected: Spread
    certainty: float


def ordered_claims(part_a: Sample, qualities: Iterable[float], n: int) -> list[Claim]:
    """The claims that part A makes probable, those first that `n` questions will show most surely.

    Of the claims that would fail only those are lost which part A found still less sure.
    """
    if not len(part_a):
        return []
    claims = [
        _claim(part_a, candidate, quality_kept, n)
        for quality_kept in qualities
        for candidate in range(len(part_a.by_candidate))
    ]
    probable = [claim for claim in claims if claim.certainty > 0]
    return sorted(probable, key=lambda claim: -claim.certainty)


def certified_claims(claims: Iterable[Claim], part_b: Sample, delta: float) -> list[Claim]:
    """Those certified before the first that is not; one of them is false with chance <= `delta`.

    The sample's order must not depend on what the answers were worth.
    """
    found = []
    for claim in claims:
        q = claim.quality_kept
        if not certified(part_b.margins(claim.candidate, q), -q, 1, delta, claim.expected):
            break
        found.append(claim)
    return found


def claims_by_dataset(
    claims: Mapping[str, Sequence[Claim]], part_b: Sample, delta: float
) -> dict[str, set[tuple[int, float]]]:
    """For each dataset the (candidate, quality kept) certified for it alone.

    Each is tested at `delta` divided by their number, so that all of it holds together.
    """
    return {
        name: {
            (claim.candidate, claim.quality_kept)
            for claim in certified_claims(of_one, part_b.of(name), delta / len(claims))
        }
        for name, of_one in claims.items()
    }


def _claim(part_a: Sample, candidate: int, quality_kept: float, n: int) -> Claim:
    margins = part_a.margins(candidate, quality_kept)
    count = len(margins) + _DOUBT
    mean = (sum(margins) - _DOUBT * quality_kept) / count
    square = (sum(m * m for m in margins) + _DOUBT * quality_kept**2) / count
    deviation = max(0.0, square - mean * mean) ** 0.5
    return Claim(
        candidate, quality_kept, Spread(square, count), mean * (n**0.5) / max(deviation, 1e-9)
    )
