"""Labels beside their points, where nothing else is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
    """A point of the data with what is to be written beside it."""

    x: float
    y: float
    text: str
    colour: str
    bold: bool = False


def place_labels(axes: "Axes", points: Sequence[Labelled], lines: Sequence[Places] = ()) -> None:
    """Write each label near its point: the nearest place that covers no point, line or label.

    The axes' limits must be final. Where no place is free, the first one is taken.
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
    """Where the words are, without the line that leads to them."""
    from matplotlib.text import Text

    label.get_window_extent()  # puts them there
    return Text.get_window_extent(label)


def _pixels(axes: "Axes", place: tuple[float, float]) -> tuple[float, float]:
    x, y = axes.transData.transform(place)
    return float(x), float(y)


def _along(line: Places) -> Iterator[tuple[float, float]]:
    """Places on a line, in pixels, close enough that no label slips between them."""
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
