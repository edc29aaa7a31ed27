"""The solutions of conditions as LaTeX for an `amsmath` document."""

from __future__ import annotations

from freeblock.calculus.quantities import Statement, parse_quantity
from freeblock.calculus.solutions import Solution
from freeblock.formula.expression import Expression
from freeblock.formula.notations import LATEX, Latex, latex_brackets
from freeblock.formula.printing import Text, print_expression
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.report.latex_text import comment, escape
from freeblock.report.requirements import latex_requirement, value_of_bound
from freeblock.report.solutions import Page, shown_text, solution_lines
from freeblock.report.values import constant_values, constants_used
from freeblock.version import __version__

_SIGNS = {"<=": r"\le", ">=": r"\ge"}


class _Names(Latex):
    """The results by their letters."""

    def __init__(self, transposed: bool) -> None:
        self._product = r"J^{\top}J" if transposed else r"JJ^{\top}"

    def name(self, name: str) -> Text:
        if name in ("phi", "variance"):
            return rf"\{'phi' if name == 'phi' else 'varphi'}({self._product})", 5
        if name in ("mean_square", "mean"):
            return r"\overline{y^{2}}" if name == "mean_square" else r"\overline{y}", 5
        if name in ("phi_out", "phi_in"):
            return r"\phi(JJ^{\top})" if name == "phi_out" else r"\phi(J^{\top}J)", 5
        return super().name(name)


def condition_latex(statement: Statement, tolerance: Expression | None, *, transposed: bool = False) -> str:
    """A relation as it was written, typeset; an equation that may be missed is a bound on the difference."""
    names = _Names(transposed)
    parts = [print_expression(to_expression(part, {}, free=True), names) for part in statement.node.parts]
    if tolerance is not None and statement.node.operators == ("=",):
        value = to_expression(statement.node.parts[1], {}, free=True)
        right = parts[1] if len(value.terms) == 1 else latex_brackets(parts[1])
        return rf"\left| {parts[0]} - {right} \right| \le {print_expression(tolerance, LATEX)}"
    shown = parts[0]
    for operator, part in zip(statement.node.operators, parts[1:], strict=True):
        shown += f" {_SIGNS.get(operator, operator)} {part}"
    return shown


def solutions_latex(page: Page) -> str:
    """A fragment: the condition, and what solves it."""
    outcome, derivation = page.outcome, page.derivation
    lines = [f"% freeblock {__version__}", *comment(page.expression.strip("\n"))]
    conditions = [condition_latex(one, page.tolerance, transposed=derivation.side == "in") for one in page.conditions]
    names_shown = _Names(derivation.side == "in")
    names = " and ".join(f"${LATEX.name(name)[0]}$" for name in outcome.unknowns)
    if derivation.phi is not None:
        product = r"J^{\top}J" if derivation.side == "in" else r"JJ^{\top}"
        entering = symbols(derivation.phi)
        where = [f"${LATEX.name(name)[0]} = {number}${error}" for name, (number, error) in
                 constants_used(derivation).items() if name in entering]
        said = f", where {', '.join(where)}" if where else ""
        lines.append(rf"With $\phi({product}) = {print_expression(derivation.phi, LATEX)}${said}, the condition")
    else:
        lines.append("The condition")
    if page.side == "average":
        lines[-1] += r" on the mean of $\phi(JJ^{\top})$ and $\phi(J^{\top}J)$"
    if page.mean_square is not None:
        lines[-1] += rf" on the output $y$ for an input of mean square ${print_expression(page.mean_square, LATEX)}$"
    joined = r" \quad\text{and}\quad ".join(conditions)
    lines.append(rf"\[ {joined} \]")
    if outcome.every:
        lines.append(f"holds for every value of {names}.")
        return "\n".join(lines) + "\n"
    single = len(outcome.solutions) == 1 and outcome.complete and not outcome.solutions[0].requires
    lines.append(f"holds for positive {names} exactly when" if single else f"holds for {names} where")
    shown = [rf"\[ {_line(solution, page)} \]" for solution in outcome.solutions]
    lines += [line for place, one in enumerate(shown) for line in (["or where", one] if place else [one])]
    for text, values in page.shown:
        formula = print_expression(to_expression(parse_quantity("--show", text).node, {}, free=True), names_shown)
        there = r", \quad ".join(shown_text(value, page, LATEX) for value in values)
        lines.append(rf"There ${formula} = {there}$.")
    if not outcome.exact:
        lines.append("The numbers have 15 significant digits.")
    for growth in page.growth:
        formula = "" if growth.formula is None else f", ${print_expression(growth.formula, LATEX)}$"
        lines.append(f"As ${LATEX.name(growth.depth)[0]}$ grows, {escape(growth.of)}: {growth.words}{formula}.")
    return "\n".join(lines) + "\n"


def _line(solution: Solution, page: Page) -> str:
    shown = r", \quad ".join(solution_lines(solution, page.derivation, LATEX, sign=r"\approx", less=r"\le"))
    if solution.requires:
        shown += r" \qquad \text{where } " + r" \text{ and } ".join(
            latex_requirement(one) + ("" if number is None else rf" \approx {number}") for one in solution.requires
            for number in [value_of_bound(one, constant_values(page.derivation))])
    return shown
