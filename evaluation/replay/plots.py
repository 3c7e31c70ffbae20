"""The plots of a report, drawn with matplotlib (the extra `eval`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING

from evaluation.plot_style import (
    ACCENT,
    BAND,
    COLOURS,
    CURVE,
    DASHED,
    FAINT,
    INK,
    NOTE,
    empty,
)

from .measure import Measurement
from .metrics import StrategyMetrics
from .tables import display_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox


_DISTANCES = (9, 14, 20, 28, 38, 50, 64)
_DIRECTIONS = range(16)
"""Sixteenths of a turn, from the right."""

_ROOM = 6.0
_ROOM_OF_LINES = 2.5
_STEP = 4.0
_LEADER_FROM = 20

Places = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Labelled:
    """A data point and the label to write beside it."""

    x: float
    y: float
    text: str
    colour: str
    bold: bool = False


def place_labels(axes: "Axes", points: Sequence[Labelled], lines: Sequence[Places] = ()) -> None:
    """Write each label near its point: the nearest place that covers no point, line or label.

    The axes' limits must be final. If no place is free, the first one is used.
    """
    figure = axes.figure.get_figure(root=True)
    if figure is None:
        return
    figure.draw_without_rendering()
    inside = axes.get_window_extent()
    taken = [_around(*_pixels(axes, (point.x, point.y)), _ROOM) for point in points]
    taken += [
        _around(x, y, _ROOM_OF_LINES)
        for line in lines
        for x, y in _along([_pixels(axes, place) for place in line])
    ]
    written: list[Bbox] = []
    for point in points:
        start = _pixels(axes, (point.x, point.y))
        for label in _tries(axes, point):
            box = _box(label)
            led = [_around(x, y, 0) for x, y in _along([start, _middle(box)])]
            free = not any(box.overlaps(other) for other in (*taken, *written))
            if (
                free
                and _within(box, inside)
                and not any(part.overlaps(other) for part in led for other in written)
            ):
                break
            label.remove()
        else:
            box = _box(next(_tries(axes, point)))
        written.append(box)


def _tries(axes: "Axes", point: Labelled) -> Iterator["Annotation"]:
    for distance, direction in product(_DISTANCES, _DIRECTIONS):
        across, up = cos(direction * pi / 8), sin(direction * pi / 8)
        leader = {"arrowstyle": "-", "color": point.colour, "lw": 0.7, "shrinkA": 0, "shrinkB": 4}
        yield axes.annotate(
            point.text,
            (point.x, point.y),
            xytext=(distance * across, distance * up),
            textcoords="offset points",
            ha="left" if across > 0.3 else "right" if across < -0.3 else "center",
            va="bottom" if up > 0.3 else "top" if up < -0.3 else "center",
            color=point.colour,
            fontsize=9,
            fontweight="bold" if point.bold else "normal",
            arrowprops=leader if distance >= _LEADER_FROM else None,
            zorder=5,
        )


def _box(label: "Annotation") -> "Bbox":
    """The box of the label's text, without its leader line."""
    from matplotlib.text import Text

    label.get_window_extent()  # positions the text
    return Text.get_window_extent(label)


def _pixels(axes: "Axes", place: tuple[float, float]) -> tuple[float, float]:
    x, y = axes.transData.transform(place)
    return float(x), float(y)


def _along(line: Places) -> Iterator[tuple[float, float]]:
    """Points on a line, in pixels, close enough that no label fits between them."""
    for (x, y), (next_x, next_y) in pairwise(line):
        steps = max(1, int(hypot(next_x - x, next_y - y) / _STEP))
        for step in range(steps + 1):
            yield x + (next_x - x) * step / steps, y + (next_y - y) * step / steps


def _middle(box: "Bbox") -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _around(x: float, y: float, room: float) -> "Bbox":
    from matplotlib.transforms import Bbox

    return Bbox.from_extents(x - room, y - room, x + room, y + room)


def _within(box: "Bbox", outer: "Bbox") -> bool:
    return bool(
        outer.x0 <= box.x0 and box.x1 <= outer.x1 and outer.y0 <= box.y0 and box.y1 <= outer.y1
    )


TARGET_ESCALATION = (10, 20)
"""The target range of a tier's escalation rate, in percent."""


def cost_and_quality(measurement: Measurement) -> "Figure":
    """All strategies by cost and quality kept, and `shipped` at other thresholds as a curve."""
    figure, axes = empty(7.8, 5.0)
    found = measurement.strategies
    mixes = [_place(found["always_cheap"]), _place(found["always_strong"])]
    points = sorted(measurement.curve, key=lambda point: point.threshold)
    thresholds = [(100 * (1 - p.saving), 100 * p.quality_kept) for p in points]
    axes.plot(*zip(*mixes, strict=True), color=COLOURS["random_mix"], lw=1, ls=DASHED, zorder=1)
    axes.plot(*zip(*thresholds, strict=True), color=CURVE, lw=1.8, zorder=2)
    lines, together = [mixes, thresholds], dict[tuple[float, float], list[str]]()
    for name, figures in found.items():
        x, y = _place(figures)
        for bar in _bars(figures):
            axes.plot(*zip(*bar, strict=True), color=COLOURS[name], lw=1, alpha=0.7, zorder=3)
            lines.append(bar)
        size = 64 if name == "shipped" else 34
        axes.scatter(x, y, s=size, color=COLOURS[name], edgecolor="white", lw=0.8, zorder=4)
        near = (place for place in together if _near(place, (x, y)))
        together.setdefault(next(near, (x, y)), []).append(name)
    axes.margins(0.09, 0.09)
    axes.set_xlabel("cost, % of always asking the strong model")
    axes.set_ylabel("quality kept, % of the strong model's")
    strategies = [
        Labelled(x, y, " ≈ ".join(map(display_name, names)), COLOURS[names[-1]], "shipped" in names)
        for (x, y), names in together.items()
    ]
    notes = [
        Labelled(*_between(mixes[0], mixes[1], 0.65), "random mixes", COLOURS["random_mix"]),
        Labelled(*_longest_middle(thresholds), "shipped at other thresholds", NOTE),
    ]
    place_labels(axes, [*strategies, *notes], lines)
    return figure


def escalation(measurement: Measurement) -> "Figure":
    """The escalation rate at every threshold, with the target and the policy's threshold."""
    figure, axes = empty(5.4, 3.8)
    points, (low, high) = measurement.curve, TARGET_ESCALATION
    axes.axhspan(low, high, color=BAND, zorder=0)
    steps = [(0.0, 0.0), *_stairs(measurement), (1.0, 100 * points[-1].escalation_rate)]
    axes.plot(*zip(*steps, strict=True), color=ACCENT, lw=1.8)
    threshold = measurement.setting.tier.threshold
    rate = next(100 * p.escalation_rate for p in points if p.threshold == threshold)
    axes.scatter(threshold, rate, s=52, color=ACCENT, edgecolor="white", lw=0.8, zorder=4)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 105)
    axes.set_xlabel("threshold")
    axes.set_ylabel("escalated, %")
    labels = [
        Labelled(threshold, rate, f"set to {threshold:g}: {rate:.1f} %", ACCENT, bold=True),
        Labelled(0.6, (low + high) / 2, f"target {low}–{high} %", FAINT),
    ]
    place_labels(axes, labels, [steps])
    return figure


def reliability(measurement: Measurement) -> "Figure":
    """The mean quality of answers against their confidence, before any escalation."""
    figure, axes = empty(4.6, 3.8)
    bins, diagonal = measurement.reliability, [(0.0, 0.0), (1.0, 1.0)]
    axes.plot(*zip(*diagonal, strict=True), color=FAINT, lw=1, ls=DASHED)
    most = max(found.n for found in bins)
    bars = [[(b.confidence, b.low), (b.confidence, b.high)] for b in bins]
    for bar, found in zip(bars, bins, strict=True):
        axes.plot(*zip(*bar, strict=True), color=ACCENT, lw=1.2, alpha=0.6)
        size = 20 + 130 * found.n / most
        axes.scatter(
            found.confidence,
            found.quality,
            s=size,
            color=ACCENT,
            edgecolor="white",
            lw=0.8,
            zorder=4,
        )
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(-0.04, 1.04)
    axes.set_xlabel("confidence")
    axes.set_ylabel("average quality")
    numbers = [Labelled(b.confidence, b.quality, f"{b.n:,}", INK) for b in bins]
    note = Labelled(0.5, 0.5, "as good as trusted", FAINT)
    place_labels(axes, [*numbers, note], [diagonal, *bars])
    return figure


def _place(figures: StrategyMetrics) -> tuple[float, float]:
    return 100 * (1 - figures.saving), 100 * figures.quality_kept


def _near(first: tuple[float, float], second: tuple[float, float]) -> bool:
    """True if two points, in percent, are indistinguishable in the plot."""
    return abs(first[0] - second[0]) < 1 and abs(first[1] - second[1]) < 0.3


def _bars(figures: StrategyMetrics) -> Iterator[list[tuple[float, float]]]:
    """The 95 % intervals of a strategy as two lines through its point."""
    x, y = _place(figures)
    least, most = figures.intervals["saving"]
    yield [(100 * (1 - most), y), (100 * (1 - least), y)]
    low, high = figures.intervals["quality_kept"]
    yield [(x, 100 * low), (x, 100 * high)]


def _stairs(measurement: Measurement) -> Iterator[tuple[float, float]]:
    """The rate as steps: answers below a threshold escalate, answers equal to it do not."""
    before = 0.0
    for point in measurement.curve:
        rate = 100 * point.escalation_rate
        yield from (
            ((point.threshold, rate),)
            if rate == before
            else (
                (_before(measurement, point.threshold), before),
                (_before(measurement, point.threshold), rate),
                (point.threshold, rate),
            )
        )
        before = rate


def _before(measurement: Measurement, threshold: float) -> float:
    """The next lower threshold of the curve."""
    return max((p.threshold for p in measurement.curve if p.threshold < threshold), default=0.0)


def _between(
    first: tuple[float, float], second: tuple[float, float], share: float = 0.5
) -> tuple[float, float]:
    return (
        first[0] + share * (second[0] - first[0]),
        first[1] + share * (second[1] - first[1]),
    )


def _longest_middle(line: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle of the longest piece of a line, which has most room for its name."""
    pieces = list(pairwise(line)) or [(line[0], line[0])]
    return _between(*max(pieces, key=lambda piece: abs(piece[1][0] - piece[0][0])))
