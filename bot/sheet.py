"""The sheet on which a picture is drawn: words, lines and bars by their pixels, and text that fits into its room."""

import functools
import logging
import unicodedata
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import regex

from bot.domain.text import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

WIDTH = 720  # pixels; Slack shows it 360 to 720 wide, so what is 24 high here is at least 12 there
PAD, GAP = 36, 30
TITLE, LABEL, SMALL = 34, 28, 25  # heights of letters, in pixels
LEADING = 1.25
INNER = WIDTH - 2 * PAD
DPI = 100
DASH = 12  # the height of each dash of the goal's line
MOST_LINES = 3  # of a title or label
# Dark on light, and orange beside blue, which nearly everybody can tell apart; shapes say it as well.
CARD, EDGE, INK, SOFT = "#fdfcf9", "#d8d4ca", "#1d1c1d", "#55534e"
TRACK, BLUE, ORANGE = "#e4e1d9", "#0b4f6c", "#a84300"
# DejaVu comes with matplotlib; the others are used where this machine has them.
FONTS = (
    "DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Hiragino Sans", "Yu Gothic", "Microsoft YaHei",
    "Arial Unicode MS", "Droid Sans Fallback", "Noto Sans Devanagari", "Noto Sans Thai",
)  # fmt: skip
# It warns of a font without bold letters, and of each slow start; neither is anybody's concern here.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
# What no font has is left out beforehand, but some scripts are put together from parts that a font may lack.
warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)


@dataclass(frozen=True)
class Heading:
    """A row's words: its label's lines and its numbers, which stand beside the first or in a line of their own."""

    lines: list[str]
    said: str
    is_beside: bool

    @property
    def height(self) -> float:
        """How many pixels it takes."""
        return len(self.lines) * LABEL * LEADING + (0 if self.is_beside else SMALL * LEADING)


def heading_of(label: str, said: str) -> Heading:
    """A row's words as they will stand."""
    lines = wrapped(label, LABEL, INNER)
    (numbers,) = wrapped(said, SMALL, INNER, bold=True, most=1)
    beside = len(lines) == 1 and length(lines[0], LABEL) + 24 + length(numbers, SMALL, bold=True) <= INNER
    return Heading(lines, numbers, beside)


class Sheet:
    """A card on which things stand by their pixels, from the top left."""

    def __init__(self, height: int) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        inches = (WIDTH / DPI, (height + 0.1) / DPI)  # the tenth, because matplotlib cuts what is left of a pixel
        self._figure = Figure(figsize=inches, dpi=DPI, facecolor=CARD, edgecolor=EDGE, linewidth=3)
        FigureCanvasAgg(self._figure)
        self._axes: Axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)
        self._axes.set_axis_off()

    def title(self, words: str) -> float:
        """Write the title; returns where the rest may begin."""
        at = float(PAD)
        for line in wrapped(words, TITLE, INNER, bold=True):
            self.text(PAD, at, line, TITLE, bold=True)
            at += TITLE * LEADING
        return at + GAP * 0.6

    def heading(self, label: str, said: str, at: float) -> float:
        """Write a row's label and numbers; returns where its bar may begin."""
        heading = heading_of(label, said)
        if heading.is_beside:
            self.text(WIDTH - PAD, at + 2, heading.said, SMALL, bold=True, ha="right")
        for line in heading.lines:
            self.text(PAD, at, line, LABEL)
            at += LABEL * LEADING
        if not heading.is_beside:
            self.text(PAD, at, heading.said, SMALL, bold=True)
            at += SMALL * LEADING
        return at

    def text(self, x: float, y: float, words: str, size: float, *, bold: bool = False, **more: Any) -> None:
        """Write one line with its top left (or right, by `ha`) there."""
        more = {"color": INK, "ha": "left", "va": "top"} | more
        self._axes.text(x, y, words, fontproperties=_font(size, bold), parse_math=False, **more)

    def legend(self, words: str, y: float) -> None:
        """Say what the dashed line is."""
        (line,) = wrapped(words, SMALL, INNER - 24, bold=True, most=1)
        self.dashes(PAD + 4, y + SMALL / 2 + 3, middles=(-9, 9))
        self.text(PAD + 24, y, line, SMALL, bold=True, color=ORANGE)

    def line(self, xs: list[float], y: float, color: str, width: float) -> None:
        """A level line, `width` pixels thick."""
        self._axes.plot(xs, [y, y], color=color, linewidth=width * 72 / DPI, solid_capstyle="butt")

    def rise(self, x: float, top: float, foot: float, color: str, width: float) -> None:
        """An upright line."""
        self._axes.plot([x, x], [top, foot], color=color, linewidth=width * 72 / DPI, solid_capstyle="butt")

    def dashes(self, x: float, y: float, middles: tuple[float, ...] = (-21, 0, 21)) -> None:
        """An upright dashed line around `y`, higher than the end of an interval that may stand on it."""
        for middle in middles:
            self.rise(x, y + middle - DASH / 2, y + middle + DASH / 2, ORANGE, 5)

    def dot(self, x: float, y: float) -> None:
        """The mark of a point, with a light ring so that it stands out on its line."""
        self._axes.plot(
            [x], [y], "o", markersize=22 * 72 / DPI, color=BLUE, markeredgecolor=CARD, markeredgewidth=3 * 72 / DPI
        )

    def bar(self, y: float, share: float, color: str) -> None:
        """A bar as long as a share of the whole width."""
        self.box(PAD, y, share * INNER, 26, color)

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A filled rectangle with its top left there."""
        from matplotlib.patches import Rectangle

        self._axes.add_patch(Rectangle((x, y), width, height, facecolor=color, linewidth=0))

    def whisker(self, low: float, high: float, y: float) -> None:
        """A level line with an end on both sides, which stands out on a bar and beside it."""
        for color, more in ((CARD, 6), (INK, 0)):
            self.line([low - more / 2, high + more / 2], y, color, 4 + more)
            for x in (low, high):
                self.rise(x, y - 9 - more / 2, y + 9 + more / 2, color, 4 + more)

    def png(self) -> bytes:
        """All of it."""
        made = BytesIO()
        self._figure.savefig(made, format="png", dpi=DPI, metadata={"Software": None})
        return made.getvalue()


@functools.cache
def _font(size: float, bold: bool) -> "FontProperties":
    from matplotlib.font_manager import FontProperties, fontManager

    here = set(fontManager.get_font_names())
    return FontProperties(
        family=[name for name in FONTS if name in here], size=size * 72 / DPI, weight="bold" if bold else "normal"
    )


@functools.cache
def _letters() -> frozenset[int]:
    """The characters that one of this machine's fonts has, in normal and in bold letters."""
    from matplotlib.font_manager import fontManager, get_font

    def known(bold: bool) -> set[int]:
        paths = fontManager._find_fonts_by_props(_font(LABEL, bold))
        return {code for path in paths for code in get_font(path).get_charmap()}

    return frozenset(known(False) & known(True))


def _shown(text: str) -> str:
    """What can be drawn of it: words in a script without a font become "…" (the message says them), signs nothing."""
    known, kept = _letters(), list[str]()
    for grapheme in regex.findall(r"\X", " ".join(clean(text).split())):
        if all(ord(c) in known for c in grapheme):
            kept.append(grapheme)
        elif unicodedata.category(grapheme[0])[0] in "LN":
            kept.append("…")
    return regex.sub(r"…[… ]*…", "…", " ".join("".join(kept).split())) or "…"


def length(text: str, size: float, *, bold: bool = False) -> float:
    """How many pixels a line takes."""
    from matplotlib.backends.backend_agg import RendererAgg

    ruler = RendererAgg(1, 1, DPI)  # type: ignore[no-untyped-call]
    return float(ruler.get_text_width_height_descent(text, _font(size, bold), ismath=False)[0])  # type: ignore[no-untyped-call]


def wrapped(text: str, size: float, room: float, *, bold: bool = False, most: int = MOST_LINES) -> list[str]:
    """Lines of at most `room` pixels, broken between words or else between graphemes; what is too much ends in "…"."""
    lines, rest = list[str](), _shown(text)
    while rest and len(lines) < most:
        taken = _fitting(rest, size, room, bold)
        lines.append(taken.rstrip())
        rest = rest[len(taken) :].lstrip()
    if rest:
        lines[-1] = (
            _fitting(lines[-1] + " ", size, room - length("…", size, bold=bold), bold, by_word=False).rstrip() + "…"
        )
    return lines


def _fitting(text: str, size: float, room: float, bold: bool, *, by_word: bool = True) -> str:
    """The longest beginning that fits: whole words if it can be, at least one grapheme."""
    parts = regex.findall(r"\X", text[:200])
    low, high = 1, len(parts)
    while low < high:  # widths grow with length, near enough
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length("".join(parts[:middle]), size, bold=bold) <= room else (low, middle - 1)
    taken = "".join(parts[:low])
    if by_word and len(taken) < len(text) and not text[len(taken)].isspace() and " " in taken.strip():
        return taken[: taken.rstrip().rindex(" ") + 1]
    return taken
