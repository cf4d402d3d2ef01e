"""SVG, as little of it as a dashboard needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

INK, FAINT, EDGE = "#16191f", "#687078", "#d5dbdb"


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels, from the upper left."""

    x: float
    y: float
    width: float
    height: float

    def inner(self, top: float, side: float = 10, bottom: float = 10) -> "Box":
        return Box(self.x + side, self.y + top, self.width - 2 * side, self.height - top - bottom)


def text(x: float, y: float, words: str, *, size: int = 12, colour: str = INK, anchor: str = "start") -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="{colour}">{escape(words)}</text>'


def rectangle(box: Box, *, fill: str, edge: str = "none") -> str:
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="4" '
        f'fill="{fill}" stroke="{edge}"/>'
    )


def line(points: Iterable[tuple[float, float]], colour: str) -> str:
    places = [f"{x:.1f},{y:.1f}" for x, y in points]
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>' for x, y in (p.split(",") for p in places))
    return f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}'


def document(width: float, height: float, parts: Iterable[str]) -> str:
    frame = f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif"'
    ground = rectangle(Box(0, 0, width, height), fill="#f2f3f3")
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>', ground, *parts, "</svg>\n"])
