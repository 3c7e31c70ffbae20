"""A certificate as one self-contained HTML file, for a manager to read."""

from typing import TYPE_CHECKING

from evaluation.plot_style import ACCENT, BAND, CURVE, FAINT, INK, empty

from .certificate import Certificate

if TYPE_CHECKING:
    from matplotlib.figure import Figure
import base64
import io
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from .text import (
    COST_COLUMNS,
    QUALITY_COLUMNS,
    THRESHOLD_COLUMNS,
    TIER_COLUMNS,
    cost_rows,
    percent,
    quality_rows,
    remarks,
    summary,
    threshold_rows,
    tier_rows,
    usd,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_WIDTH = 0.38


def money_by_day(certificate: Certificate) -> "Figure":
    """Bars of each day's cost beside its baseline cost."""
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
    """Bars of each part's share of the cost."""
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
    """Each observed share, with a line down to its lower bound."""
    figure, axes = empty(7.6, 2.5)
    for place, found in enumerate(certificate.quality.values()):
        if found.observed is None or found.lower is None:
            axes.text(2, place, "nothing was seen", va="center", fontsize=8.5, color=FAINT)
            continue
        observed, lower = 100 * found.observed, 100 * found.lower
        axes.plot([lower, observed], [place, place], color=CURVE, lw=5, solid_capstyle="butt")
        axes.plot([lower, lower], [place - 0.18, place + 0.18], color=ACCENT, lw=2)
        axes.scatter(observed, place, s=60, color=ACCENT, zorder=3)
        axes.text(lower, place + 0.36, f"≥ {lower:.1f}", ha="right", va="center", color=INK)
    axes.set_yticks(range(len(certificate.quality)), list(certificate.quality))
    axes.set_ylim(len(certificate.quality) - 0.35, -0.5)
    axes.set_xlim(0, 102)
    axes.set_xlabel("%: point observed, line down to the lower bound")
    return figure


_DPI = 180
_TITLE = "What the router saved, and how good its answers were"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #2f3437; background: #fff; margin: 2.5rem auto;
  max-width: 62rem; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin-bottom: .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
p, li { max-width: 46rem; } figure { margin: 1rem 0; } img { max-width: 100%; height: auto; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1.5rem 0; }
.figures b { display: block; font-size: 1.7rem; font-weight: 600; color: #1f5a85; }
.beside { display: flex; flex-wrap: wrap; gap: 1.5rem; } .beside figure { flex: 1 1 24rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th { font-weight: 600; text-align: left; border-bottom: 1.5px solid #8b949a; }
th, td { padding: .3rem 1.2rem .3rem 0; white-space: nowrap; }
td { border-bottom: 1px solid #e3e7e9; font-variant-numeric: tabular-nums; }
"""


def page(certificate: Certificate) -> str:
    """The HTML page; equal certificates give equal pages."""
    period, *sentences = summary(certificate)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_TITLE}</title><style>{_STYLE}</style></head><body>
<h1>{_TITLE}</h1>
<p>{escape(period)}</p>
<div class="figures">{_headline(certificate)}</div>
{"".join(f"<p>{escape(line)}</p>" for line in sentences)}
{_figure(money_by_day(certificate), "Paid and baseline by day")}
<h2>How good the accepted first answers were</h2>
{_figure(quality(certificate), "Observed shares and lower bounds")}
{_table(QUALITY_COLUMNS, quality_rows(certificate))}
<h2>How requests went</h2>
<div class="beside">
{_figure(escalation_by_tier(certificate), "Escalation rate by tier, with the target")}
{_figure(money_by_part(certificate), "What was paid for")}
</div>
{_table(TIER_COLUMNS, tier_rows(certificate))}
<h2>Thresholds that would meet the target</h2>
{_table(THRESHOLD_COLUMNS, threshold_rows(certificate))}
<h2>What was paid for</h2>
{_table(COST_COLUMNS, cost_rows(certificate))}
<h2>What these figures cover</h2>
<ul>{"".join(f"<li>{escape(remark)}</li>" for remark in remarks(certificate))}</ul>
</body></html>
"""


def _headline(certificate: Certificate) -> str:
    money = certificate.money
    saving = "saved" if money.saving_nano_usd >= 0 else "lost"
    agreed = certificate.quality["strong model agrees"]
    least = "unknown" if agreed.lower is None else f"≥ {percent(agreed.lower)} %"
    few = " (too few checks)" if agreed.too_small else ""
    figures = [
        (usd(abs(money.saving_nano_usd)), f"{saving}: {percent(money.saving)} % of the baseline"),
        (least, f"of accepted answers the strong model agrees with{few}"),
        (f"{certificate.requests:,}", "requests"),
    ]
    return "".join(f"<div><b>{escape(value)}</b>{escape(text)}</div>" for value, text in figures)


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide">{table}</div>'


def _figure(figure: "Figure", title: str) -> str:
    drawn = io.BytesIO()
    # Omit the library's version, so that equal figures give equal files.
    figure.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
    width = round(figure.get_figwidth() * 100)
    content = base64.b64encode(drawn.getvalue()).decode()
    image = f'<img alt="{escape(title)}" width="{width}" src="data:image/png;base64,{content}">'
    return f"<figure>{image}</figure>"
