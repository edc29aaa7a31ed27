"""Named networks in, one row of results for each of them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.calculus.conditions import EXAMPLE, read_condition, solve_conditions
from freeblock.calculus.constraints import constraints_of
from freeblock.calculus.derivation import Derivation
from freeblock.calculus.growth import Growth, depth_symbol, growth_of_outcome
from freeblock.calculus.quantities import Quantities, Statement, symbols_of
from freeblock.calculus.solutions import Outcome
from freeblock.calculus.solving import Comparison, holds
from freeblock.errors import FreeblockError, OptionError, UnknownNameError, did_you_mean
from freeblock.formula.traversal import symbols
from freeblock.language.names import spell
from freeblock.language.nodes import Program
from freeblock.language.parser import parse_program
from freeblock.network.depth import repeated
from freeblock.report.curves import Curve, curve
from freeblock.report.printable import Printable
from freeblock.report.tables import COLUMNS, FAILS, HOLDS, Cell, Row, Table, table_cells, table_data, table_text
from freeblock.session import derive_source, read_network
from freeblock.settings import read_values
from freeblock.source import Source

NATURAL = ("sigma_w", "sigma", "g", "gain", "tau", "c", "v")
"""Scales that a condition is solved for, before any other symbol."""
COPIES = "L"
"""The depth of a network without one: so many copies of it in series."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compared(Printable):
    """The networks with their programs, and the table."""

    programs: Mapping[str, Program]
    options: Mapping[str, Any]
    values: Mapping[str, Mapping[str, object]]
    table: Table

    def text(self, style: str = "text") -> str:
        """The table as text, Unicode, Markdown, LaTeX (booktabs) or CSV."""
        return table_text(self.table, style)

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return table_data(self.table)

    def curves(self, quantity: str, first: int, last: int) -> list[Curve]:
        """log10 φ, or κ, of every network at depths from `first` to `last`. Raises OptionError: a value is missing."""
        return [self._curve(name, program, quantity, range(first, last + 1))
                for name, program in self.programs.items()]

    def _curve(self, name: str, program: Program, quantity: str, depths: range) -> Curve:
        result = derive_source(program, values=self.values[name], **self.options)
        depth = depth_symbol(result.derivation)
        if depth is None:
            result = derive_source(repeated(program, COPIES), values=self.values[name], **self.options)
            depth = COPIES
        return curve(name, result.derivation, quantity, depth, depths)


def compare_sources(
    networks: Mapping[str, Source | Program], *, columns: Sequence[str] = ("phi", "variance", "kappa", "condition"),
    unknown: str | None = None, where: str = EXAMPLE, values: Mapping[str, object] | None = None, **options: Any,
) -> Compared:
    """One row for each network; `options` are those of `derive_source`. Raises FreeblockError kinds.

    Values are given to the networks in which the symbol occurs. What is refused is marked in the table.
    """
    if not networks:
        raise OptionError("a network is missing", hint='write NAME=EXPR, for example He="(dense >> relu)^L"')
    for column in columns:
        if column not in COLUMNS:
            close = did_you_mean(column, COLUMNS)
            raise OptionError(f"no column is called `{column}`", hint=f"did you mean `{close}`?" if close
                              else f"the columns are {', '.join(COLUMNS)}")
    programs = {name: parse_program(source) if isinstance(source, Source) else source
                for name, source in networks.items()}
    chosen = _values_of_each(programs, values or {}, options)
    rows = [_row(name, program, columns, unknown, where, chosen[name], options)
            for name, program in programs.items()]
    return Compared(programs, options, chosen, Table(tuple(columns), tuple(rows), where))


def _values_of_each(
    programs: Mapping[str, Program], values: Mapping[str, object], options: Mapping[str, Any]
) -> dict[str, dict[str, object]]:
    """Each network's own part of the values. Raises UnknownNameError for a name that occurs in none."""
    read_values(values)
    found: dict[str, dict[str, object]] = {name: {} for name in programs}
    if not values:
        return found
    mentioned = {name: read_network(program, library=options.get("library", ())).mentioned
                 for name, program in programs.items()}
    for symbol, value in values.items():
        places = [name for name, words in mentioned.items() if spell(symbol) in words]
        if not places:
            close = did_you_mean(symbol, sorted(frozenset().union(*mentioned.values())))
            raise UnknownNameError(f"`{symbol}` occurs in none of the networks",
                                   hint=f"did you mean `{close}`?" if close else "set a symbol that occurs in one")
        for name in places:
            found[name][symbol] = value
    return found


def _row(
    name: str, program: Program, columns: Sequence[str], unknown: str | None, where: str,
    values: Mapping[str, object], options: Mapping[str, Any],
) -> Row:
    derivation = derive_source(program, values=values, **options).derivation
    outcome: Outcome | None = None
    failure: str | None = None
    growth: tuple[Growth, ...] = ()
    if "condition" in columns and derivation.phi is not None:
        outcome, failure = _condition(derivation, unknown, where)
    if "growth" in columns:
        growth = growth_of_outcome(derivation, Outcome((), (), (), ()))
    cells: dict[str, Cell] = table_cells(derivation, columns, outcome, failure, growth)
    return Row(name, program.source.text.strip(), derivation, cells)


def _verdict(derivation: Derivation, statement: Statement) -> str:
    """Whether a condition without an unknown holds."""
    known = constraints_of(derivation).known
    comparisons = [Comparison(*parts, statement.text) for parts in Quantities(derivation).comparisons(statement)]
    verdicts = [holds(comparison, known) for comparison in comparisons]
    if False in verdicts:
        return FAILS
    return HOLDS if all(verdicts) else "it cannot be told whether it holds"


def _condition(derivation: Derivation, unknown: str | None, where: str) -> tuple[Outcome | None, str | None]:
    """The solution for the natural unknown; or why there is none."""
    assert derivation.phi is not None
    free = symbols(derivation.phi) - derivation.network.constants.keys() - derivation.network.whole
    name = spell(unknown) if unknown is not None else next((one for one in NATURAL if one in free), None)
    name = name or next(iter(sorted(free, key=lambda one: (not one.startswith("sigma_w"), one))), None)
    statement = read_condition(where)  # a mistake in the condition is the user's, not the row's
    if name is None:
        return None, _verdict(derivation, statement)
    if name not in symbols_of(derivation):
        return None, f"the network has no symbol `{name}`"
    try:
        return solve_conditions(derivation, [name], [statement]), None
    except FreeblockError as error:
        if error.span is not None:
            raise
        return None, f"{error.message}; {error.hint}" if error.hint else error.message
