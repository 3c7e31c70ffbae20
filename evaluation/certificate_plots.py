"""The plots of a certificate, drawn with matplotlib (the extra `eval`)."""

from typing import TYPE_CHECKING

from .certificate import Certificate
from .drawing import ACCENT, BAND, CURVE, FAINT, INK, empty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH = 0.38


def money_by_day(certificate: Certificate) -> "Figure":
    """What each day's requests cost, beside what their answers cost on the baseline model."""
    figure, axes = empty(7.6, 3.4)
    days = certificate.cost_by_day_nano_usd
    places = range(len(days))
    costs, baselines = ([pair[n] / 1e9 for pair in days.values()] for n in (0, 1))
    axes.bar(
        [place - _WIDTH / 2 for place in places], baselines, _WIDTH, color=CURVE, label="baseline"
    )
    axes.bar([place + _WIDTH / 2 for place in places], costs, _WIDTH, color=ACCENT, label="paid")
    axes.set_xticks(list(places), [f"{day[4:6]}-{day[6:]}" for day in days])
    axes.grid(visible=False, axis="x")
    axes.set_ylabel("USD")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.18), ncols=2)
    return figure


def money_by_part(certificate: Certificate) -> "Figure":
    """What was paid for."""
    figure, axes = empty(5.6, 3.0)
    parts = certificate.cost_by_part_nano_usd
    whole = max(1, certificate.money.cost_nano_usd)
    shares = [100 * cost / whole for cost in parts.values()]
    axes.barh(list(parts), shares, color=ACCENT, height=0.6)
    for place, share in enumerate(shares):
        axes.text(share + 1, place, f"{share:.1f}", va="center", fontsize=8.5)
    axes.invert_yaxis()
    axes.set_xlim(0, 112)
    axes.set_xticks(range(0, 101, 25))
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("% of what was paid")
    return figure


def escalation_by_tier(certificate: Certificate) -> "Figure":
    """Each tier's escalation rate, with the target as a band."""
    figure, axes = empty(5.6, 3.0)
    low, high = (100 * share for share in certificate.target_escalation)
    axes.axvspan(low, high, color=BAND, zorder=0)
    axes.text((low + high) / 2, -0.62, "target", ha="center", va="center", fontsize=8.5)
    for place, tier in enumerate(certificate.tiers):
        if not tier.answered:
            axes.text(1, place, "no answers", va="center", fontsize=8.5, color=FAINT)
            continue
        rate = 100 * tier.escalated
        axes.scatter(rate, place, s=60, color=ACCENT, zorder=3)
        axes.text(rate, place + 0.3, f"{rate:.1f}", ha="center", va="center", fontsize=8.5)
    axes.set_yticks(range(len(certificate.tiers)), [t.tier.value for t in certificate.tiers])
    axes.set_ylim(len(certificate.tiers) - 0.4, -0.8)
    highest = max((100 * tier.escalated for tier in certificate.tiers), default=0)
    axes.set_xlim(-2, max(40, 1.1 * highest))
    axes.set_xlabel("escalated, % of answers")
    return figure


def quality(certificate: Certificate) -> "Figure":
    """Each observed share, with a line down to what it is at least."""
    figure, axes = empty(7.6, 2.5)
    for place, found in enumerate(certificate.quality.values()):
        if found.observed is None or found.lower is None:
            axes.text(2, place, "nothing was seen", va="center", fontsize=8.5, color=FAINT)
            continue
        seen, least = 100 * found.observed, 100 * found.lower
        axes.plot([least, seen], [place, place], color=CURVE, lw=5, solid_capstyle="butt")
        axes.plot([least, least], [place - 0.18, place + 0.18], color=ACCENT, lw=2)
        axes.scatter(seen, place, s=60, color=ACCENT, zorder=3)
        axes.text(least, place + 0.36, f"≥ {least:.1f}", ha="right", va="center", color=INK)
    axes.set_yticks(range(len(certificate.quality)), list(certificate.quality))
    axes.set_ylim(len(certificate.quality) - 0.35, -0.5)
    axes.set_xlim(0, 102)
    axes.set_xlabel("%: point observed, line down to the lower bound")
    return figure
