"""A derivation as code, by the name of the target; the module of a target is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from freeblock.errors import OptionError, did_you_mean

if TYPE_CHECKING:
    from freeblock.calculus.derivation import Derivation

_WRITERS = {
    "python": ("freeblock.report.code.python_code", "python_code"),
    "numpy": ("freeblock.report.code.python_code", "numpy_code"),
    "latex-macros": ("freeblock.report.code.latex_macros", "latex_macros"),
    "mathematica": ("freeblock.report.code.mathematica_code", "mathematica_code"),
    "julia": ("freeblock.report.code.julia_code", "julia_code"),
    "c": ("freeblock.report.code.c_code", "c_code"),
    "json": ("freeblock.report.data", "derivation_json"),
    "torch-init": ("freeblock.report.code.torch_init", "torch_init"),
}
TARGETS = tuple(_WRITERS)


def export(derivation: Derivation, expression: str, target: str) -> str:
    """The text of a file for one of the TARGETS; φ must be given, but for JSON.

    Raises OptionError for another target, and RefusedError where `torch-init` finds no scale that meets φ = 1.
    """
    if target not in _WRITERS:
        close = did_you_mean(str(target), TARGETS)
        raise OptionError(f"nothing is exported to {target!r}",
                          hint=f"did you mean `{close}`?" if close else f"it is one of {', '.join(TARGETS)}")
    module, function = _WRITERS[target]
    text: str = getattr(import_module(module), function)(derivation, expression)
    return text
