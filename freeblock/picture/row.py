"""A chain of tracks, on as many lines as its length asks for."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.picture.canvas import Canvas
from freeblock.picture.track import Track

GAP = 20.0
"""The wire between two parts, with room for an arrow."""
SHORT_GAP = 10.0
TURN = 12.0
"""How far a wire that goes on to the next line stands off."""
LINE_GAP = 14.0


def lay_row(canvas: Canvas, tracks: Sequence[Track], limit: float, *, last: bool) -> Track:
    """The chain as one track, broken into lines of at most `limit`; the last row of a picture need not return."""
    lines = _broken(tracks, limit)
    if len(lines) == 1:
        return _single(canvas, lines[0])
    return _several(canvas, [_single(canvas, line) for line in lines], last)


def _gaps(line: Sequence[Track]) -> list[float]:
    """The wire before each track."""
    return [(0.0 if not place else GAP if track.arrow else SHORT_GAP) + track.before
            for place, track in enumerate(line)]


def _broken(tracks: Sequence[Track], limit: float) -> list[list[Track]]:
    lines: list[list[Track]] = [[]]
    for track in tracks:
        longer = [*lines[-1], track]
        if lines[-1] and not track.hangs and sum(_gaps(longer)) + sum(one.length for one in longer) > limit:
            lines.append([])
        lines[-1].append(track)
    return lines


def _single(canvas: Canvas, line: Sequence[Track]) -> Track:
    gaps = _gaps(line)
    length = sum(gaps) + sum(track.length for track in line)

    def place(along: float, across: float) -> None:
        for gap, track in zip(gaps, line, strict=True):
            canvas.wire([(along, across), (along + gap, across)], arrow=track.arrow)
            track.place(along + gap, across)
            along += gap + track.length

    return Track(length, max(track.low for track in line), max(track.high for track in line), place,
                 arrow=line[0].arrow and not gaps[0])


def _several(canvas: Canvas, lines: Sequence[Track], last: bool) -> Track:
    widest = max(line.length for line in lines)
    rails = [0.0]
    for before, line in zip(lines, lines[1:], strict=False):
        rails.append(rails[-1] + before.high + LINE_GAP + line.low + LINE_GAP / 2)
    start = TURN + GAP
    end = start + widest + TURN

    def place(along: float, across: float) -> None:
        if not last:
            canvas.wire([(along, across), (along + start, across)], arrow=lines[0].arrow)
        for number, (line, rail) in enumerate(zip(lines, rails, strict=True)):
            here = across + rail
            line.place(along + start, here)
            stop = along + start + line.length
            if number + 1 < len(lines):
                gutter = here + line.high + 3 * LINE_GAP / 4
                following = across + rails[number + 1]
                canvas.wire([(stop, here), (along + end, here), (along + end, gutter), (along + TURN, gutter),
                             (along + TURN, following), (along + start, following)], arrow=lines[number + 1].arrow)
            elif not last:
                leave = along + end + TURN
                canvas.wire([(stop, here), (leave, here), (leave, across), (leave + TURN, across)])

    length = end if last else end + 2 * TURN
    return Track(length, lines[0].low, rails[-1] + lines[-1].high, place, arrow=False)
