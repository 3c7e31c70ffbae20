"""The look of all plots, and matplotlib (the extra `eval`), which draws them."""

from typing import TYPE_CHECKING, Any

from evaluation.errors import NoPlotsError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, LINE, ACCENT, BAND = "#2f3437", "#8b949a", "#e3e7e9", "#1f5a85", "#e7eef2"
CURVE, NOTE = "#8fb3cc", "#5f8fb0"
COLOURS = {
    "always_cheap": "#6f777d",
    "always_strong": "#6f777d",
    "random_mix": "#8f8a7e",
    "classifier": "#a67c2e",
    "text_signals": "#80638f",
    "agreement": "#3f7f6e",
    "shipped": ACCENT,
    "oracle": "#ad5a50",
}
DASHED = (0, (4, 3))

_STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
}


def require_matplotlib() -> None:
    """Raise `NoPlotsError` if the plots' library is not installed."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise NoPlotsError(
            "a report needs matplotlib: install it with `pip install 'llm-router[eval]'`"
        ) from error


def empty(width: float, height: float) -> tuple["Figure", "Axes"]:
    """An empty figure of this size in inches, and its axes."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
        FigureCanvasAgg(figure)
        return figure, figure.add_subplot()
