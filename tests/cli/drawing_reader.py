"""Reads a formula drawn in two dimensions as a person would: what stands above, below and beside what.

The result is the formula on one line, in the words that `shown_evaluator` understands.
"""

from __future__ import annotations

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
SUPERSCRIPTS = str.maketrans(RAISED, "0123456789-")
PAIRS = {"⎛": "⎞", "⎡": "⎤", "│": "│", "⌈": "⌉", "(": ")", "[": "]", "⌊": "⌋", "|": "|"}
TALL = "⎛⎜⎝⎡⎢⎣│⌊⌈"


def read_drawing(lines: list[str]) -> str:
    """The formula on one line."""
    width = max(map(len, lines))
    text = _read(_trimmed([line.ljust(width) for line in lines]))
    return text.replace("Γ(", "gamma(").replace("Φ(", "Phi(")


def _trimmed(rows: list[str]) -> list[str]:
    while rows and not rows[0].strip():
        rows = rows[1:]
    while rows and not rows[-1].strip():
        rows = rows[:-1]
    assert rows, "something is missing"
    return rows


def _column(rows: list[str], column: int) -> list[str]:
    return [row[column] for row in rows]


def _cut(rows: list[str], start: int, end: int, top: int = 0, bottom: int | None = None) -> list[str]:
    return [row[start:end] for row in rows[top:bottom]]


def _run(rows: list[str], start: int) -> int:
    """The end of the columns from `start` on that are not blank."""
    width = len(rows[0])
    return next((column for column in range(start, width) if not "".join(_column(rows, column)).strip()), width)


def _baseline(rows: list[str]) -> int:
    """The row of the main line, told by what stands furthest to the left."""
    first = next(column for column in range(len(rows[0])) if "".join(_column(rows, column)).strip())
    signs = [number for number, row in enumerate(rows) if row[first:_run(rows, first)].strip()[:1] in ("∑", "∏")
             and row[first:_run(rows, first)].strip()]
    found = [(number, char) for number, char in enumerate(_column(rows, first)) if char != " "]
    bars = [(len(rows[number][first:]) - len(rows[number][first:].lstrip("─")), number) for number, char in found
            if char == "─"]
    if bars:
        return max(bars)[1]
    if len(found) > 1 and found[0][1] in TALL:
        top, bottom, end = _bracket(rows, found[0][0], first)
        return top + _baseline(_cut(rows, first + 1, end, top, bottom + 1))
    if found[-1][1] == "╲":
        top, left, right = _root(rows, found[-1][0], first)
        return top + _baseline(_cut(rows, left, right, top, found[-1][0] + 1))
    if signs:
        return signs[0]
    assert len(found) == 1, rows
    return found[0][0]


def _extent(rows: list[str], row: int, column: int, chars: str) -> tuple[int, int]:
    top = bottom = row
    while top > 0 and rows[top - 1][column] in chars and rows[top][column] not in "⎛⎡⌈":
        top -= 1
    while bottom + 1 < len(rows) and rows[bottom + 1][column] in chars and rows[bottom][column] not in "⎝⎣⌊":
        bottom += 1
    return top, bottom


def _bracket(rows: list[str], row: int, column: int) -> tuple[int, int, int]:
    """The first and the last row of a bracket, and the column of its partner."""
    top, bottom = _extent(rows, row, column, TALL)
    opening = rows[top][column] if bottom == top or rows[top][column] != "│" else rows[bottom][column]
    closing = PAIRS[opening]
    depth = 0
    for place in range(column, len(rows[0])):
        piece = [rows[number][place] for number in range(top, bottom + 1)]
        # A floor has its feet below, every other bracket its head above.
        char = piece[-1] if opening == "⌊" else piece[0]
        alike = all(one in "│⎜⎟⎢⎥⎝⎠⎣⎦⌊⌋⎛⎞⎡⎤⌈⌉" for one in piece) if bottom > top else True
        beyond = any(0 <= number < len(rows) and rows[number][place] in "⎜⎟⎢⎥│" for number in (top - 1, bottom + 1))
        if not alike or (bottom > top and beyond):
            continue
        if char == closing and (closing != opening or place > column):
            depth -= 1
            if depth == 0 or closing == opening:
                return top, bottom, place
        elif char == opening:
            depth += 1
    raise AssertionError(f"nothing closes {opening} in {rows}")


def _root(rows: list[str], bottom: int, column: int) -> tuple[int, int, int]:
    """The first row of what is under a tall root, and its columns."""
    height = 0
    while rows[bottom - height][column + 1 + height] == "╱":
        height += 1
    left = column + 1 + height
    bar = rows[bottom - height][left:]
    return bottom - height + 1, left, left + len(bar) - len(bar.lstrip("_"))


def _read(rows: list[str], line: int | None = None) -> str:
    line = _baseline(rows) if line is None else line
    text, column = "", 0
    while column < len(rows[0]):
        piece, column = _element(rows, line, column)
        text += piece
    return text


def _element(rows: list[str], line: int, column: int) -> tuple[str, int]:
    """What begins in a column, and the column behind it."""
    char, whole = rows[line][column], _column(rows, column)
    if not "".join(whole).strip():
        return " ", column + 1
    end = _run(rows, column)
    if rows[line][column:end].strip()[:1] in ("∑", "∏") and rows[line][column:end].strip():
        return _bound(rows, line, column, end)
    if char == "─":
        end = column + len(rows[line][column:]) - len(rows[line][column:].lstrip("─"))
        top, bottom = (_read(_trimmed(part)) for part in (_cut(rows, column, end, 0, line), _cut(rows, column, end, line + 1)))
        return f"(({top})/({bottom}))", end
    if char in TALL or char in "([|":
        top, bottom, end = _bracket(rows, line, column)
        inside = _read(_cut(rows, column + 1, end, top, bottom + 1), line - top)
        name = {"│": "abs", "|": "abs", "⌈": "ceiling"}.get(rows[top][column], "")
        return f"{'floor' if rows[bottom][column] == '⌊' else name}({inside})", end + 1
    if "╲" in whole:
        bottom = len(whole) - 1 - whole[::-1].index("╲")
        top, left, end = _root(rows, bottom, column)
        return f"sqrt({_read(_cut(rows, left, end, top, bottom + 1), line - top)})", end
    if char == "√":
        bar = rows[line - 1][column + 1:]
        end = column + 1 + len(bar) - len(bar.lstrip("_"))
        assert end > column + 1, "a root without its bar"
        return f"sqrt({_read([rows[line][column + 1:end]])})", end
    if char != " ":
        return char, column + 1
    end = next((place for place in range(column, len(rows[0])) if rows[line][place] != " "), len(rows[0]))
    exponent = _read(_trimmed(_cut(rows, column, end, 0, line))).strip()
    return f"^({exponent if exponent.strip(RAISED) else exponent.translate(SUPERSCRIPTS)})", end


def _bound(rows: list[str], line: int, column: int, end: int) -> tuple[str, int]:
    sign = rows[line][column:end].strip()
    lower = _read(_trimmed(_cut(rows, column, end, line + 1)))
    upper = _read(_trimmed(_cut(rows, column, end, 0, line)))
    body, place = " ", end
    while not body.strip():
        body, place = _element(rows, line, place)
    while place < len(rows[0]) and (_is_letter(body) or rows[line][place] == " "):
        piece, after = _element(rows, line, place)
        if not (piece.startswith("^") or (piece.strip() and piece not in "·+−)")):
            break
        body, place = body + piece, after
    return f"{sign}[{lower}..{upper}]({body})", place


def _is_letter(text: str) -> bool:
    return text[-1].isalnum() or text[-1] in "_"
