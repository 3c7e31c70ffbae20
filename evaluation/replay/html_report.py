"""A measurement as one self-contained HTML file."""

import base64
import io
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from .measure import Measurement
from .plots import cost_and_quality, escalation, reliability
from .tables import PARTS, display_name, percent, remarks, with_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 200

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #2f3437; background: #fff; margin: 2.5rem auto;
  max-width: 62rem; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin-bottom: .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
p, figcaption { max-width: 46rem; } figcaption { color: #5c656b; font-size: .9rem; }
figure { margin: 0; } img { max-width: 100%; height: auto; }
.beside { display: flex; flex-wrap: wrap; gap: 1.5rem; } .beside figure { flex: 1 1 24rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th { font-weight: 600; text-align: left; border-bottom: 1.5px solid #8b949a; }
th, td { padding: .3rem .9rem .3rem 0; vertical-align: top; white-space: nowrap; }
td { border-bottom: 1px solid #e3e7e9; } .number { text-align: right; }
.shipped td { font-weight: 600; color: #1f5a85; } .first td { border-top: 1.5px solid #8b949a; }
"""

_COST = """Each point is a strategy with its 95 % intervals. Up is better, left is cheaper; what
lies above the dashed line is better than asking the strong model for a random part of the
questions."""
_ESCALATION = """The share of questions that the strong model is asked too, at every threshold on
the confidence, with all other settings as they are."""
_RELIABILITY = """Confidence in an answer before any escalation against how good such answers were;
the numbers are questions, the bars 95 % intervals. Points on the line are as good as trusted."""
_DATASETS = """The strategies are the same in every dataset: the random mix's share and the
classifier's threshold are those of all questions together."""


def report(measurement: Measurement) -> str:
    """The HTML page; equal measurements give equal pages."""
    roles = [
        (role, PARTS[role], price.model, f"{price.input_usd_per_mtok:.2f}",
         f"{price.output_usd_per_mtok:.2f}", f"{price.source}, {price.as_of}")
        for role, price in measurement.prices.items()
    ]  # fmt: skip
    paragraphs = "".join(f"<p>{escape(remark)}</p>" for remark in remarks(measurement))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Replay of recorded answers</title><style>{_STYLE}</style></head><body>
<h1>Replay of recorded answers</h1>
{paragraphs}
{_table(_ROLE_COLUMNS, [("", row) for row in roles], numbers=(3, 4))}
<h2>Cost and quality</h2>
{_figure(cost_and_quality(measurement), "Quality kept against cost, all strategies", _COST)}
<h2>Threshold and confidence</h2>
<div class="beside">
{_figure(escalation(measurement), "Escalation rate against threshold", _ESCALATION)}
{_figure(reliability(measurement), "Quality against confidence", _RELIABILITY)}
</div>
<h2>By dataset</h2>
<p>{_DATASETS}</p>
{_table(_COLUMNS, _rows(measurement), numbers=range(2, len(_COLUMNS)))}
</body></html>
"""


_ROLE_COLUMNS = ("part", "", "recorded model", "$ in", "$ out", "per million tokens")
_COLUMNS = (
    "dataset", "strategy", "n", "quality %", "quality kept %", "saving %", "strong asked %",
    "calls", "$ per 1,000",
)  # fmt: skip

Row = tuple[str, Iterable[str]]
"""A row's CSS class and its cells."""


def _rows(measurement: Measurement) -> Iterator[Row]:
    whole = ("all", measurement.n, measurement.strategies)
    parts = ((name, of_it.n, of_it.strategies) for name, of_it in measurement.datasets.items())
    for dataset, n, strategies in (whole, *parts):
        for place, (name, found) in enumerate(strategies.items()):
            classes = [name] if name == "shipped" else []
            classes += ["first"] if place == 0 else []
            yield (
                " ".join(classes),
                (
                    dataset if place == 0 else "",
                    display_name(name),
                    f"{n:,}" if place == 0 else "",
                    percent(found.quality),
                    with_interval(found.quality_kept, found.intervals["quality_kept"]),
                    with_interval(found.saving, found.intervals["saving"]),
                    with_interval(found.escalation_rate, found.intervals["escalation_rate"]),
                    f"{found.calls:.2f}",
                    f"{found.cost_usd_per_1k:.3f}",
                ),
            )


def _table(columns: Iterable[str], rows: Iterable[Row], numbers: Iterable[int]) -> str:
    right = set(numbers)

    def cells(tag: str, values: Iterable[str]) -> str:
        return "".join(
            f"<{tag}{' class=number' if place in right else ''}>{escape(value)}</{tag}>"
            for place, value in enumerate(values)
        )

    body = "\n".join(f'<tr class="{name}">{cells("td", values)}</tr>' for name, values in rows)
    head = f"<tr>{cells('th', columns)}</tr>"
    return f'<div class="wide"><table><thead>{head}</thead><tbody>\n{body}\n</tbody></table></div>'


def _figure(figure: "Figure", title: str, caption: str) -> str:
    drawn = io.BytesIO()
    # Omit the library's version, so that equal figures give equal files.
    figure.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
    width = round(figure.get_figwidth() * 100)
    content = base64.b64encode(drawn.getvalue()).decode()
    return (
        f'<figure><img alt="{title}" width="{width}" src="data:image/png;base64,{content}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
