"""Exact numbers from decimal text, and back."""

from __future__ import annotations

import re
from fractions import Fraction

DIGITS = 40  # written digits of a number, at most
EXPONENT = 308  # the power of ten of the written exponent, and of the leading digit, at most

_PARTS = re.compile(r"([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")


def read_number(text: str) -> int | Fraction | None:
    """The exact value of a decimal text, an int where it is whole; None where it is beyond the limits."""
    before, _, after = text.partition(".")
    digits = before + after
    if digits.isdecimal() and digits.isascii() and len(digits) <= DIGITS:
        # Nearly every number is written like this, and needs no further look.
        return _quotient(int(digits), len(after)) if after else int(digits)
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ValueError(f"not a number: {text!r}")
    whole, places, power = match.group(1), match.group(2) or "", match.group(3) or "0"
    if len(whole) + len(places) > DIGITS:
        return None
    size = power.lstrip("+-0") or "0"
    # The length first: a long exponent must not be converted at all.
    if len(size) > len(str(EXPONENT)) or int(size) > EXPONENT:
        return None
    mantissa = int(whole + places)
    if mantissa == 0:
        return 0
    exponent = (-int(size) if power.startswith("-") else int(size)) - len(places)
    if abs(len(str(mantissa)) - 1 + exponent) > EXPONENT:
        return None
    if exponent >= 0:
        return int(mantissa * 10**exponent)
    return _quotient(mantissa, -exponent)


def _quotient(mantissa: int, places: int) -> int | Fraction:
    value = Fraction(mantissa, 10**places)
    return value.numerator if value.denominator == 1 else value


def print_number(value: int | Fraction) -> str:
    """Decimal text of a number, or a fraction where no decimal is finite."""
    decimal = _decimal(Fraction(value))
    if decimal is None:
        return f"{value.numerator}/{value.denominator}"
    sign = "-" if value < 0 else ""
    digits, exponent = decimal
    if exponent >= 0 and len(digits) + exponent <= DIGITS:
        return sign + digits + "0" * exponent
    if exponent < 0 and -exponent < DIGITS:
        padded = digits.rjust(1 - exponent, "0")
        if len(padded) <= DIGITS:
            return f"{sign}{padded[:exponent]}.{padded[exponent:]}"
    point = "." if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}{digits[1:]}e{len(digits) - 1 + exponent}"


def _decimal(value: Fraction) -> tuple[str, int] | None:
    """The digits and the power of ten of a finite decimal, no digit more than needed; None for another."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    written = str(abs(value.numerator) * 10**places // value.denominator)
    digits = written.rstrip("0") or "0"
    return digits, (len(written) - len(digits) if value else 0) - places
