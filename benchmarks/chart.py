"""A line chart as SVG, drawn without a library: how milliseconds grow with the guide.

Both axes are logarithmic. The same figures stand in results.md as a table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 340
LEFT, RIGHT, TOP, BOTTOM = 56, 190, 44, 44
# Distinguishable without colour too: each line has its own dashes.
STYLES = (("#0b5459", ""), ("#b4552d", "6 3"), ("#5b4b8a", "2 3"), ("#3d6b21", "9 3 2 3"))


@dataclass(frozen=True)
class Line:
    """A named line through (size, milliseconds) points."""

    name: str
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Scale:
    """Logarithmic, from ``low`` to ``high`` (whole powers of ten) onto two pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log10(value / self.low) / math.log10(self.high / self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def steps(self) -> list[float]:
        count = round(math.log10(self.high / self.low))
        return [self.low * 10**power for power in range(count + 1)]


def scale(values: list[float], start: float, end: float) -> Scale:
    """Return a scale of whole powers of ten around ``values``."""
    low = 10 ** math.floor(math.log10(min(values)))
    high = 10 ** math.ceil(math.log10(max(values)))
    return Scale(low, max(high, low * 10), start, end)


def draw(title: str, lines: list[Line]) -> str:
    """Return the chart of ``lines``; each point is above zero."""
    xs = scale([x for line in lines for x, _ in line.points], LEFT, WIDTH - RIGHT)
    ys = scale([y for line in lines for _, y in line.points], HEIGHT - BOTTOM, TOP)
    parts = [*_frame(title, lines), *_axes(xs, ys)]
    labels = _apart([ys(line.points[-1][1]) for line in lines])
    for number, line in enumerate(lines):
        parts += _line(line, STYLES[number % len(STYLES)], xs, ys, labels[number])
    return "\n".join([*parts, "</svg>", ""])


def _frame(title: str, lines: list[Line]) -> list[str]:
    told = "; ".join(
        f"{line.name}: " + ", ".join(f"{y:.2f} ms at {x:,.0f}" for x, y in line.points)
        for line in lines
    )
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="12">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(told)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" fill="#222">{escape(title)}</text>',
    ]


def _axes(xs: Scale, ys: Scale) -> list[str]:
    parts = []
    for value in ys.steps:
        y = ys(value)
        parts.append(f'<path d="M{xs.start} {y}H{xs.end}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#444">{value:g} ms</text>'
        )
    for value in xs.steps:
        x = xs(value)
        parts.append(
            f'<text x="{x}" y="{HEIGHT - 20}" text-anchor="middle" fill="#444">{value:,.0f}</text>'
        )
    middle = (xs.start + xs.end) / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - 4}" text-anchor="middle" fill="#444">profiles</text>'
    )
    return parts


def _line(line: Line, style: tuple[str, str], xs: Scale, ys: Scale, label: float) -> list[str]:
    colour, dashes = style
    points = " ".join(f"{xs(x)},{ys(y)}" for x, y in line.points)
    dots = [f'<circle cx="{xs(x)}" cy="{ys(y)}" r="3" fill="{colour}"/>' for x, y in line.points]
    return [
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dashes}"/>',
        *dots,
        f'<text x="{xs.end + 10}" y="{label + 4}" fill="{colour}">{escape(line.name)}</text>',
    ]


def _apart(heights: list[float], gap: float = 15) -> list[float]:
    """Return label heights in their order, moved down where they would cover each other."""
    placed: dict[int, float] = {}
    last = -math.inf
    for index in sorted(range(len(heights)), key=heights.__getitem__):
        last = placed[index] = max(heights[index], last + gap)
    return [placed[index] for index in range(len(heights))]
