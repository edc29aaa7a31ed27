"""What every exported file holds: the results that are given, their symbols, and the header that says what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from textwrap import wrap

from freeblock.calculus.derivation import Derivation
from freeblock.formula.expression import Expression
from freeblock.formula.notations import PLAIN
from freeblock.formula.printing import print_expression
from freeblock.formula.renaming import all_symbols
from freeblock.formula.structure import has_at_most
from freeblock.report.code.comments import source_lines
from freeblock.report.reasons import reason_of_refusal
from freeblock.report.text import hypothesis_lines
from freeblock.report.values import constant_values
from freeblock.version import __version__

_SHOWN = 30
"""A formula of more terms is not shown beside its code."""
_WIDE = 200
"""Nor is a longer one."""
_LINE = 110
"""The width of a sentence in a comment."""


class Content:
    """The results of one derivation by name: `phi`, `variance`, `kappa`, `phi_2` … up to the order."""

    def __init__(self, derivation: Derivation, expression: str) -> None:
        self.derivation = derivation
        self._expression = expression
        self.product = "J^T J" if derivation.side == "in" else "J J^T"
        self.results: dict[str, Expression] = {}
        self.absent: dict[str, str] = {}
        """Name → why it is not given."""
        for name, (value, order) in self._wanted().items():
            if value is not None:
                self.results[name] = value
            else:
                self.absent[name] = self._reason(name, order)
        constants = constant_values(derivation)
        used = all_symbols(self.results.values())
        self.symbols: Sequence[str] = sorted(used - constants.keys())
        self.constants: dict[str, Fraction] = {name: constants[name] for name in sorted(used & constants.keys())}
        self.whole = derivation.network.whole

    def _wanted(self) -> dict[str, tuple[Expression | None, int]]:
        derivation = self.derivation
        wanted = {"phi": (derivation.phi, 1), "variance": (derivation.variance, 2), "kappa": (derivation.kappa, 2)}
        return wanted | {f"phi_{order}": (derivation.moment(order), order)
                         for order in range(2, derivation.order + 1)}

    def _reason(self, name: str, order: int) -> str:
        if order > self.derivation.order:
            return f"only phi was asked for (--order {self.derivation.order})"
        if name == "kappa" and self.derivation.given >= 2:
            return "phi is 0"
        return reason_of_refusal(self.derivation, order)

    def header(self, target: str) -> list[str]:
        """What this is, where it comes from and what it rests on; the first two lines hold nothing of the user's."""
        network = self.derivation.network
        rows, columns = (print_expression(width, PLAIN) for width in (network.block.rows, network.block.columns))
        named = [] if network.name is None else [f"The block is {network.name}."]
        lines = [f"Made by freeblock {__version__}: export --to {target}.", "", "Expression:",
                 *[f"  {line}" for line in source_lines(self._expression)], *named,
                 f"J is {rows} outputs by {columns} inputs; phi is the mean and variance the variance of the "
                 f"eigenvalues of {self.product},", "kappa = variance/phi^2, phi_k the mean of their k-th power.", "",
                 "Hypotheses:", *_wrapped(hypothesis_lines(self.derivation) or ["none"])]
        notes = [str(item.statement) for item in network.assumptions if item.name == "note"]
        if notes:
            lines += ["", "Notes:", *_wrapped(notes)]
        if self.absent:
            reasons = dict.fromkeys(self.absent.values())
            lines += ["", "Not given:", *_wrapped(
                f"{', '.join(name for name, why in self.absent.items() if why == reason)}: {reason}"
                for reason in reasons)]
        return lines

    def symbol_lines(self, spelled: dict[str, str]) -> list[str]:
        """Each symbol under its name in the code: its domain and its meaning."""
        lines = []
        for name in self.symbols:
            domain = "a positive integer" if name in self.whole else "a positive number"
            meaning = self.derivation.network.meanings.get(name)
            called = "" if spelled[name] == name else f" ({name})"
            lines.append(f"  {spelled[name]}{called}: {domain}{f', {meaning}' if meaning else ''}")
        return ["", "Symbols:", *lines] if lines else []

    def meaning(self, name: str) -> str:
        """A sentence that says what a result is, with its formula where that is short."""
        meaning = {"phi": f"The mean of the eigenvalues of {self.product}",
                   "variance": f"The variance of the eigenvalues of {self.product}", "kappa": "The variance over phi^2",
                   }.get(name, f"The mean of x^{name[4:]} over the eigenvalues x of {self.product}")
        shown = self.shown(name)
        return f"{meaning}: {shown}." if shown else f"{meaning}."

    def shown(self, name: str) -> str | None:
        """A result in our own notation, where it is short."""
        value = self.results[name]
        if not has_at_most(_SHOWN, [value]):
            return None
        text = print_expression(value, PLAIN)
        return text if len(text) <= _WIDE else None


def _wrapped(lines: Iterable[str]) -> list[str]:
    return [part for line in lines for part in wrap(line, _LINE, initial_indent="  ", subsequent_indent="      ",
                                                    break_long_words=False, break_on_hyphens=False)]
