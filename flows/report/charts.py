"""The geometry of the charts: numbers in, coordinates out; the templates draw them as inline SVG.

Plain SVG needs no script, prints, and takes its colours from the style sheet, in light and in dark. Widths and heights
are in the units of each chart's view box. What a chart shows is always written beside it or in its titles as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.report import formats

QUOTE_KEY_CHARS = 60
"""Two quotes that agree this far are the same piece of text: reasons shorten theirs."""

HISTOGRAM_BINS = 20
PLOT_TOP = 14.0
PLOT_BOTTOM = 112.0
PLOT_LEFT = 8.0
PLOT_RIGHT = 312.0
BAR_GAP = 1.5
LEAST_HEIGHT = 1.5
"""Of a bar, so that one page beside a thousand can be seen."""

TREND_LEFT = 40.0
TREND_RIGHT = 630.0
TREND_TOP = 12.0
TREND_BOTTOM = 148.0
LABELLED_POINTS = 8
"""Labels that fit below a trend side by side; with more points every second or third has one."""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a chart."""

    x: float
    y: float
    width: float
    height: float
    name: str
    """Style class."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line with a label."""

    x: float
    label: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars of one number's distribution over pages, stacked by verdict."""

    title: str
    blocks: tuple[Block, ...]
    marks: tuple[Mark, ...]
    tallest: int
    pages: int
    zeros: int
    """Pages where the number is exactly 0; they have no bar, since they would dwarf the others."""
    missing: int
    """Pages where it is not measurable."""


@dataclass(frozen=True, slots=True)
class PointsBar:
    """A bar that grows to the right for points against the article and to the left for points that speak for it."""

    x: float
    width: float
    name: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The reject probability on a line from 0 to 100, with the verdicts' zones."""

    zones: tuple[Block, ...]
    needle: float | None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A share with its interval at one moment."""

    x: float
    y: float
    low: float
    high: float
    label: str
    title: str
    name: str


def histogram(
    title: str,
    bins: Mapping[tuple[int, str], int],
    *,
    zeros: int,
    missing: int,
    marks: Sequence[tuple[float, str]] = (),
) -> Histogram:
    """Lay out a histogram over 0..1.

    Args:
        title: what is counted.
        bins: pages by (bin 0..HISTOGRAM_BINS-1, verdict).
        zeros: pages with exactly 0, not in `bins`.
        missing: pages where it is not measurable, not in `bins`.
        marks: (value, label) of the lines to draw.
    """
    totals = [sum(bins.get((number, verdict), 0) for verdict in formats.VERDICTS) for number in range(HISTOGRAM_BINS)]
    tallest = max(totals, default=0)
    step = (PLOT_RIGHT - PLOT_LEFT) / HISTOGRAM_BINS
    blocks = []
    for number, total in enumerate(totals):
        top = PLOT_BOTTOM
        low, high = number / HISTOGRAM_BINS, (number + 1) / HISTOGRAM_BINS
        whole_height = max(LEAST_HEIGHT, (PLOT_BOTTOM - PLOT_TOP) * total / tallest) if tallest else 0.0
        for verdict in formats.VERDICTS:
            count = bins.get((number, verdict), 0)
            if not count:
                continue
            height = whole_height * count / total
            top -= height
            label = f"{low:.2f} to {high:.2f}: {count:,} of {total:,} {formats.verdict_name(verdict)}"
            x = PLOT_LEFT + number * step
            blocks.append(Block(_r(x), _r(top), _r(step - BAR_GAP), _r(height), formats.verdict_class(verdict), label))
    lines = tuple(
        Mark(_r(PLOT_LEFT + value * (PLOT_RIGHT - PLOT_LEFT)), label, "end" if value > 0.5 else "start")
        for value, label in marks
        if 0 <= value <= 1
    )
    return Histogram(title, tuple(blocks), lines, tallest, sum(totals) + zeros + missing, zeros, missing)


def stacked(parts: Sequence[tuple[str, int]]) -> tuple[Block, ...]:
    """Lay out counts by verdict as one bar of width 100 and height 1."""
    total = sum(count for _, count in parts)
    blocks = []
    x = 0.0
    for verdict, count in parts:
        if count:
            width = 100 * count / total
            label = f"{formats.verdict_name(verdict)}: {count:,} ({formats.share(count / total)})"
            blocks.append(Block(_r(x), 0, _r(width), 1, formats.verdict_class(verdict), label))
            x += width
    return tuple(blocks)


def points_bar(points: float, most: float) -> PointsBar:
    """Lay out points on a bar of width 100 with 0 in the middle; `most` fills a half."""
    length = 50 * min(1.0, abs(points) / most) if most else 0.0
    return PointsBar(_r(50 if points >= 0 else 50 - length), _r(length), "against" if points >= 0 else "for")


def probability_scale(probability: float | None, review: float | None, reject: float | None) -> Scale:
    """Lay out the scale of the reject probability; without thresholds it has one zone."""
    if review is None or reject is None:
        zones: tuple[Block, ...] = (Block(0, 0, 100, 1, "not-assessed"),)
    else:
        zones = (
            Block(0, 0, _r(100 * review), 1, "accept", f"accept below {review:.2f}"),
            Block(_r(100 * review), 0, _r(100 * (reject - review)), 1, "review", f"review from {review:.2f}"),
            Block(_r(100 * reject), 0, _r(100 * (1 - reject)), 1, "reject", f"reject from {reject:.2f}"),
        )
    return Scale(zones, None if probability is None else _r(100 * probability))


def trend(points: Sequence[tuple[str, str, float, float, float, str]]) -> tuple[TrendPoint, ...]:
    """Lay out (label, title, share, low, high, style class) in order, from left to right."""
    step = (TREND_RIGHT - TREND_LEFT) / max(1, len(points))
    every = -(-len(points) // LABELLED_POINTS)
    return tuple(
        TrendPoint(
            x=_r(TREND_LEFT + (number + 0.5) * step),
            y=_height(value),
            low=_height(low),
            high=_height(high),
            label=label if number % every == 0 else "",
            title=title,
            name=name,
        )
        for number, (label, title, value, low, high, name) in enumerate(points)
    )


def _height(fraction: float) -> float:
    return _r(TREND_BOTTOM - (TREND_BOTTOM - TREND_TOP) * min(1.0, max(0.0, fraction)))


def _r(value: float) -> float:
    return round(value, 2)
