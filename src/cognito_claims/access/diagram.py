"""The access of a user as a picture: one SVG, which fetches nothing and needs no style sheet.

Text is drawn in the color of the surrounding text, and shapes in colors that can be seen on light and dark
backgrounds, so a page needs no rule for either, and a Content-Security-Policy may forbid inline styles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from cognito_claims.access.assessment import Verdict
from cognito_claims.access.steps import Item, Step, list_steps

if TYPE_CHECKING:
    from cognito_claims.access.result import Access
    from cognito_claims.resolver import Resolution

MIN_WIDTH = 240
"""The smallest width of a diagram, in pixels."""

_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
_MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_ACCENT = "#2f81f7"
COLORS = {Verdict.YES: "#218a40", Verdict.NO: "#dd3d35", Verdict.UNKNOWN: "#9e6a03"}
"""Each contrasts by 3 to 1 or more with its own tint on white and on black. No text has them."""
_SIGNS = {
    Verdict.YES: "m-4 0 3 3 5-6",
    Verdict.NO: "m-3.2-3.2 6.4 6.4m0-6.4-6.4 6.4",
    Verdict.UNKNOWN: "m-2.6-2a2.6 2.4 0 1 1 3.6 2.1c-.8.5-1 .9-1 1.6m0 2.3v.2",
}
_THEME = (
    ":root{color-scheme:light dark;color:#1f2328;background:#fff}"
    "@media(prefers-color-scheme:dark){:root{color:#e6edf3;background:#0d1117}}"
)
_PADDING = 14
_GAP = 34  # between cards, for an arrow
_MONO_WIDTH = 0.61  # of a character, in em
_ICON = 24  # the room for a sign
_BAR = 10  # the room for the bar beside what leads to the role


def draw_access(
    subject: Access | Resolution,
    *,
    user: str | None = None,
    width: int = 360,
    standalone: bool = False,
) -> str:
    """Draw the way from a user's groups to a role, from top to bottom, as SVG.

    The drawing takes up to `width` pixels, and shrinks where less is available. ARNs break at slashes.
    Screen readers read a title and a description, which contains all of the text.

    Args:
        subject: The result of `effective_access`. A resolution is drawn up to the claims in the token.
        user: The name of the user to show. By default, the drawing contains no username.
        width: The width in pixels, 240 or more.
        standalone: Whether the SVG is a file of its own, with its own light and dark colors. Otherwise it
            is an element for an HTML page, whose text color it has.

    Raises:
        ValueError: If `width` is too small.
    """
    if width < MIN_WIDTH:
        raise ValueError(f"width: must be {MIN_WIDTH} or more, got {width}")
    steps = list_steps(subject, user)
    painter = _Painter(width)
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        painter.draw_step(step)
        if following is not None:
            painter.draw_arrow(following)
    height = painter.y + 1
    title = "The claims of a user" if steps[-1].verdict is None else "The access of a user"
    return _tag(
        "svg",
        _tag("title", escape(title)),
        _tag("desc", escape(_clean(describe(steps)))),
        _tag("style", _THEME) if standalone else "",
        *painter.parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height:g}",
        width=str(width) if standalone else "100%",
        height=f"{height:g}",
        # Where less width is available, all of it shrinks; where more is, nothing grows.
        preserveAspectRatio="xMinYMin meet",
        role="img",
        direction="ltr",
        fill="currentColor",
        font_family=_SANS,
        font_size="14",
    )


def describe(steps: Sequence[Step]) -> str:
    """Return all of the text in steps, in sentences."""
    sentences = (
        f"{step.title}: {'; '.join(', '.join(_list_texts(item)) for item in step.items)}." for step in steps
    )
    return " ".join(sentences)


def _list_texts(item: Item) -> Iterator[str]:
    if item.text:
        yield item.text if item.verdict is None else f"{item.text}: {item.verdict}"
    yield from filter(None, (item.note, item.code, item.detail.rstrip(".")))


class _Painter:
    """Draws cards below each other."""

    def __init__(self, width: int) -> None:
        self.parts: list[str] = []
        self.y = 1.0
        self._width = width

    def draw_step(self, step: Step) -> None:
        """Draw a card with the lines of a step."""
        top = self.y
        place = len(self.parts)
        self.y += 22
        self._draw_text(
            step.title.upper(),
            _PADDING,
            font_size="11",
            font_weight="600",
            letter_spacing=".6",
            fill_opacity=".75",
        )
        self.y += 6
        has_chosen = any(item.is_chosen for item in step.items)
        for item in step.items:
            indent = _ICON if item.verdict is not None else _BAR if has_chosen else 0
            self._draw_item(item, _PADDING + indent)
        self.y += 8
        verdict = step.verdict
        color = "currentColor" if verdict is None else COLORS[verdict]
        card = {"x": "1", "y": f"{top:g}", "width": f"{self._width - 2}", "height": f"{self.y - top:g}"}
        faint = {"fill_opacity": ".04"} if verdict is None else {"fill_opacity": ".12"}
        line = {"stroke_opacity": ".25"} if verdict is None else {"stroke_width": "1.5"}
        # Behind the text, although its height is known only now.
        self.parts.insert(place, _tag("rect", **card, rx="10", fill=color, stroke=color, **faint, **line))

    def draw_arrow(self, step: Step) -> None:
        """Draw an arrow to the next card, with the words of its link."""
        verdict = step.verdict
        color = "currentColor" if verdict is None else COLORS[verdict]
        dashes = {"stroke_dasharray": "4 4"} if verdict in (Verdict.NO, Verdict.UNKNOWN) else {}
        shade = {"stroke_opacity": ".6"} if verdict is None else {}
        x, end = 30, self.y + _GAP - 4
        self.parts += [
            _draw_line(f"M{x} {self.y + 4:g}V{end - 2:g}", color, **shade, **dashes),
            _draw_line(f"M{x} {end:g}m-5-6 5 6 5-6", color, **shade),
        ]
        self.y += _GAP / 2 + 4
        self._draw_text(step.link, x + 16, font_size="12", fill_opacity=".75")
        self.y += _GAP / 2 - 4

    def _draw_item(self, item: Item, left: int) -> None:
        top, place = self.y, len(self.parts)
        right = self._width - _PADDING
        weight = "600" if item.is_chosen or item.verdict is not None else "500"
        if item.text:
            bold = 1.1 if weight == "600" else 1
            lines = wrap(item.text, (right - left) / 14 / bold)
            for line in lines:
                self.y += 19
                self._draw_text(line, left, font_weight=weight)
            if item.note:
                self._draw_note(item.note, left + measure(lines[-1]) * 14 * bold + 12, left, right)
        for line in wrap(item.code, (right - left) / (11.5 * _MONO_WIDTH), mono=True):
            self.y += 17
            self._draw_text(line, left, font_family=_MONO, font_size="11.5", fill_opacity=".85")
        for line in wrap(item.detail, (right - left) / 12.5):
            self.y += 17
            self._draw_text(line, left, font_size="12.5", fill_opacity=".8")
        self.y += 7
        if item.verdict is not None:
            self._draw_sign(item.verdict, top + 14)
        elif item.is_chosen:
            bar = {"x": f"{_PADDING}", "y": f"{top + 4:g}", "width": "3", "height": f"{self.y - top - 6:g}"}
            self.parts.insert(place, _tag("rect", **bar, rx="1.5", fill=_ACCENT))

    def _draw_note(self, note: str, start: float, left: float, right: float) -> None:
        """Draw a note at the end of the line, or on the next line if there is no room."""
        if start + measure(note) * 12 <= right:
            self._draw_text(note, right, font_size="12", fill_opacity=".75", text_anchor="end")
            return
        for line in wrap(note, (right - left) / 12):
            self.y += 16
            self._draw_text(line, left, font_size="12", fill_opacity=".75")

    def _draw_sign(self, verdict: Verdict, y: float) -> None:
        color = COLORS[verdict]
        x = _PADDING + 8
        circle = {"cx": f"{x}", "cy": f"{y:g}", "r": "8", "fill_opacity": ".15", "stroke_width": "1.2"}
        self.parts.append(_tag("circle", **circle, fill=color, stroke=color))
        self.parts.append(_draw_line(f"M{x} {y:g}{_SIGNS[verdict]}", color))

    def _draw_text(self, text: str, x: float, **attributes: str) -> None:
        self.parts.append(_tag("text", escape(_clean(text)), x=f"{x:g}", y=f"{self.y:g}", **attributes))


def _draw_line(path: str, color: str, **attributes: str) -> str:
    shape = {"stroke_width": "1.8", "stroke_linecap": "round", "stroke_linejoin": "round"}
    return _tag("path", d=path, fill="none", stroke=color, **shape, **attributes)


def _tag(name: str, *content: str, **attributes: str) -> str:
    """Return an element. Its attributes are escaped; its content must be."""
    members = "".join(f' {key.replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{members}>{''.join(content)}</{name}>"


def _clean(text: str) -> str:
    """Replace the characters that XML forbids, or that would move the text around them."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def wrap(text: str, width: float, *, mono: bool = False) -> list[str]:
    """Break a text into lines: between words, after slashes, else anywhere.

    Args:
        text: The text.
        width: The width of a line in em, or in characters if `mono` is set.
        mono: Whether all characters have one width, as on a terminal.
    """
    lines: list[str] = []
    line = ""
    # The parts that stay together if there is room for them.
    for part in re.findall(r"[^\s/]*/|[^\s/]+\s*|\s+", text):
        if line and measure((line + part).rstrip(), mono=mono) > width:
            lines.append(line.rstrip())
            line = ""
        for character in part:
            if line and not combining(character) and measure(line + character, mono=mono) > width:
                lines.append(line.rstrip())
                line = ""
            line += character
    return [*lines, line.rstrip()] if line.strip() else lines


def measure(text: str, *, mono: bool = False) -> float:
    """Return the width of a text in em, which is an estimate, or in characters if `mono` is set."""
    return sum(_measure_character(one, mono) for one in text)


def _measure_character(character: str, mono: bool) -> float:
    if combining(character):
        return 0
    if east_asian_width(character) in "WF":
        return 2 if mono else 1.05
    if mono:
        return 1
    if character in "fijlrtI.,:;'|!()[]/- ":
        return 0.4
    return 1.0 if character in "mMW@%" else 0.75 if character.isupper() or character == "w" else 0.63
