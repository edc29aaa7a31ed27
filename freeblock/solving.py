"""A text and conditions in, the values of its unknowns out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.calculus.conditions import EXAMPLE, order_of, read_condition, solve_conditions
from freeblock.calculus.derivation import Derivation
from freeblock.calculus.growth import Growth, growth_of_outcome
from freeblock.calculus.quantities import Quantities, Quantity, Side, Statement, order_needed, parse_quantity
from freeblock.calculus.solutions import Outcome, Solution, Value
from freeblock.errors import DomainError, OptionError, RefusedError
from freeblock.formula.expression import ONE, ZERO, Expression
from freeblock.formula.order import is_at_least
from freeblock.formula.traversal import substitute, symbols
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Program, Relation
from freeblock.language.parser import parse_formula, parse_program
from freeblock.network.depth import repeated
from freeblock.report.printable import Printable, Style
from freeblock.report.solutions import Page, solutions_text
from freeblock.report.solutions_data import solutions_data
from freeblock.report.solutions_latex import solutions_latex
from freeblock.session import Result, derive_source
from freeblock.settings import read_values
from freeblock.source import Source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Solved(Printable):
    """The solutions of conditions on one network."""

    result: Result
    conditions: tuple[Statement, ...]
    side: Side
    outcome: Outcome
    growth: tuple[Growth, ...]
    tolerance: Expression | None = None
    mean_square: Expression | None = None
    shown: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    """What else was asked for, at each solution."""

    @property
    def solutions(self) -> list[dict[str, str]]:
        """The admissible solutions as JSON has them."""
        found: list[dict[str, str]] = self.data()["solutions"]
        return found

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return solutions_data(self._page())

    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        return solutions_latex(self._page()) if style == "latex" else solutions_text(self._page(), style)

    def _page(self) -> Page:
        return Page(self.result.expression, self.result.derivation, self.conditions, self.side, self.outcome,
                    self.growth, self.tolerance, self.mean_square, self.shown)

    def require(self) -> None:
        """Raise RefusedError where there is no admissible solution."""
        outcome = self.outcome
        if outcome.solutions or outcome.every:
            return
        wanted = " and ".join(f"`{text}`" for text in outcome.conditions)
        names = ", ".join(f"`{name}`" for name in outcome.unknowns)
        lines = [f"no admissible solution of {wanted} for {names}", *self._page().rejected()]
        hint = None
        if not outcome.complete:
            hint = "numbers between 2^-40 and 2^40 were searched for a change of sign"
        raise RefusedError("\n".join(lines), hint=hint)


def solve_source(
    source: Source | Program, unknowns: Sequence[str], where: Sequence[str] = (), *, depth: str | None = None,
    tolerance: str | None = None, q: str | None = None, show: Sequence[str] = (), side: Side = "out",
    order: int | None = None, name: str | None = None, **options: Any,
) -> Solved:
    """Solve conditions for the unknowns; `options` are those of `derive_source`. Raises FreeblockError kinds."""
    if not unknowns:
        raise OptionError("an unknown is missing", hint="name it with --for, for example --for sigma_w")
    doubled = next((one for place, one in enumerate(unknowns) if one in unknowns[:place]), None)
    if doubled is not None:
        raise OptionError(f"`{doubled}` is asked for twice", hint="keep one of the two")
    if not where and len(unknowns) > 1:
        raise OptionError(f"{len(unknowns)} unknowns need {len(unknowns)} equations, not {len(where)}",
                          hint='state them with --where, for example --where "phi = 1"')
    conditions = tuple(read_condition(text) for text in where or (EXAMPLE,))
    program = parse_program(source) if isinstance(source, Source) else source
    if depth is not None:
        _read("--depth", depth, ONE)
        program, name = repeated(program, depth, name), None
    loosened = None if tolerance is None else _read("--tolerance", tolerance, ZERO)
    quantities = tuple(parse_quantity("--show", text) for text in show)
    needed = max(order_of(conditions), order_needed(quantities), order or 1)
    result = derive_source(program, order=max(needed, 2), side="in" if side == "in" else "out", name=name, **options)
    values = read_values(options.get("values"))
    entering = None if q is None else substitute(_read("--q", q, ZERO), values)
    outcome = solve_conditions(result.derivation, unknowns, conditions, side=side, tolerance=loosened,
                               mean_square=entering, values=values)
    return Solved(result, conditions, side, outcome, growth_of_outcome(result.derivation, outcome),
                  loosened, entering, _shown(result.derivation, quantities, outcome, side, entering, values))


def _shown(
    derivation: Derivation, quantities: Sequence[Quantity], outcome: Outcome, side: Side, entering: Expression | None,
    values: Mapping[str, Expression],
) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """Each quantity at each solution that is a point; a range leaves it open."""
    known = Quantities(derivation, side, () if entering is None else symbols(entering), entering, values)
    found = []
    for quantity in quantities:
        formula = known.value(quantity)
        found.append((quantity.text, tuple(_at(formula, solution, quantity) for solution in outcome.solutions)))
    return tuple(found)


def _at(formula: Expression, solution: Solution, quantity: Quantity) -> Value:
    points = {name: value for name, value in solution.values.items() if isinstance(value, Value)}
    if len(points) < len(solution.values):
        raise OptionError(f"`{quantity.text}` has no one value on a range", quantity.node.span, "leave --show out")
    digits = min((value.digits for value in points.values() if value.digits is not None), default=None)
    return Value(substitute(formula, {name: value.formula for name, value in points.items()}), digits)


def _read(option: str, text: str, least: Expression) -> Expression:
    node = parse_formula(Source(option, text))
    if isinstance(node, Relation):
        raise OptionError(f"{option} is a formula, not a comparison", node.span)
    value = to_expression(node, {}, free=True)
    known = value.number()
    if known is not None and not is_at_least(value, least):
        raise DomainError(f"{option} is at least {least.number()}, not {text.strip()}",
                          hint=f"for example {option} {'100' if option == '--depth' else '1/10'}")
    return value


