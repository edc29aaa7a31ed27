"""A derivation as code, by the name of the target."""

from __future__ import annotations

from collections.abc import Callable

from freeblock.calculus.derivation import Derivation
from freeblock.errors import OptionError, did_you_mean
from freeblock.report.code.c_code import c_code
from freeblock.report.code.content import Content
from freeblock.report.code.julia_code import julia_code
from freeblock.report.code.latex_macros import latex_macros
from freeblock.report.code.mathematica_code import mathematica_code
from freeblock.report.code.python_code import numpy_code, python_code
from freeblock.report.data import derivation_json

_WRITERS: dict[str, Callable[[Content], str]] = {
    "python": python_code, "numpy": numpy_code, "latex-macros": latex_macros, "mathematica": mathematica_code,
    "julia": julia_code, "c": c_code,
}
TARGETS = (*_WRITERS, "json", "torch-init")


def export(derivation: Derivation, expression: str, target: str) -> str:
    """The text of a file for one of the TARGETS; φ must be given.

    Raises OptionError for another target, and RefusedError where `torch-init` finds no scale that meets φ = 1.
    """
    if target == "json":
        return derivation_json(derivation, expression)
    if target == "torch-init":
        from freeblock.report.code.torch_init import torch_init  # noqa: PLC0415 - loads sympy

        return torch_init(Content(derivation, expression))
    if target not in _WRITERS:
        close = did_you_mean(target, TARGETS)
        raise OptionError(f"nothing is exported to {target!r}",
                          hint=f"did you mean `{close}`?" if close else f"it is one of {', '.join(TARGETS)}")
    return _WRITERS[target](Content(derivation, expression))
