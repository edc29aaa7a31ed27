"""The solutions of a condition, drawn. They are sympy's, and so is the drawing."""

from __future__ import annotations

from typing import Any


def drawn_solution(name: str, value: Any, width: int) -> str:
    """`name = value` in two dimensions, within that many columns."""
    import sympy  # noqa: PLC0415 - it is loaded already: the solution is sympy's

    equation = sympy.Eq(sympy.Symbol(name), value, evaluate=False)
    text: str = sympy.pretty(equation, use_unicode=True, num_columns=width)
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
