"""The dilution of residual blocks: for people, in LaTeX, and as JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.residual_products import ResidualProduct
from freeblock.calculus.standings import Hypothesis
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS, Expression, symbol
from freeblock.formula.notations import PYTHON, python_name
from freeblock.formula.printing import print_expression
from freeblock.formula.traversal import symbols
from freeblock.report.line_plot import Line as Curve
from freeblock.report.line_plot import line_plot
from freeblock.report.printable import Style
from freeblock.report.sheet import Grid, Line, Mathematics, Sheet, decimal, formula, sheet_text
from freeblock.report.values import constant_values
from freeblock.signals.dilution import Diluted, Dilution

ROWS = 24
"""Blocks that are listed for people: of more, the first."""
K, R, SKIP, GSC = (Mathematics("k", "k"), Mathematics("R", "R"), Mathematics("R_S", "R_S"),
                   Mathematics("GSC", r"\mathrm{GSC}"))
SQUARED = Mathematics("GSC^2", r"\mathrm{GSC}^2", "GSC²")
FIRST_ORDER = Mathematics("1 + r/(k^2 + 1)", r"1 + \tfrac{r}{k^2 + 1}", "1 + r/(k² + 1)")
_HEADS = (Mathematics("block", r"\text{block}"), K, SKIP, R, SQUARED, GSC,
          Mathematics("first order", r"\text{first order}"), Mathematics("remainder", r"\text{remainder}"))
_EXACT = Mathematics("(k^2*R_S + R)/(k^2 + 1)", r"\frac{k^2 R_S + R}{k^2 + 1}", "(k²·R_S + R)/(k² + 1)")


@dataclass(frozen=True, slots=True)
class DilutionPage:
    """What is reported of one network: its blocks as numbers, their product as formulas, or both."""

    expression: str
    input: tuple[str, str]
    found: Dilution | None
    product: ResidualProduct | None

    @property
    def derivation(self) -> Derivation:
        """What φ rests on."""
        if self.product is not None:
            return self.product.derivation
        assert self.found is not None
        return self.found.table.derivation

    @property
    def constants(self) -> Mapping[str, Fraction]:
        """The symbols that are numbers."""
        return constant_values(self.derivation)


def dilution_text(page: DilutionPage, style: Style) -> str:
    """The laws, the blocks and the whole."""
    found, product = page.found, page.product
    lines = [Line(SQUARED, "=", _EXACT, "exact"),
             Line(GSC, "~", FIRST_ORDER, "first order, R_S = 1"),
             Line(R, "=", Mathematics("(1 + r)^2", "(1 + r)^2", "(1 + r)²"), "")]
    if product is not None:
        lines += _of_blocks(product)
    if found is not None:
        lines.append(Line(SQUARED, "~", decimal(10.0 ** (found.table.log_gsc_squared or 0.0), 6),
                          f"the whole network, {len(found.blocks)} block{'s' if len(found.blocks) > 1 else ''}"))
    grid = None if found is None else Grid(_HEADS, [_row(place, one) for place, one in
                                                    enumerate(found.blocks[:ROWS], 1)])
    notes = [f"… and {len(found.blocks) - ROWS} more blocks."] if found is not None and len(found.blocks) > ROWS else []
    q, c = page.input
    notes.append(f"Input: Gaussian units, q = {q}, correlation of two inputs c = {c}.")
    return sheet_text(Sheet(f"Dilution in `{' '.join(page.expression.split())}`", lines, grid,
                            [*notes, *_rests(page)]), style)


def _row(place: int, block: Diluted) -> list[str]:
    values = (block.k_squared**0.5, block.skip, block.branch, block.exact, block.exact**0.5, block.first_order)
    remainder = "-" if block.remainder is None else f"{block.remainder:.6f}"
    return [str(place), *("-" if value is None else f"{value:.6g}" for value in values), remainder]


def _of_blocks(product: ResidualProduct) -> list[Line]:
    """k², R and GSC² of block b, and the product."""
    depth, constants = product.depth, constant_values(product.derivation)
    lines = [Line(_indexed(K, product.place, "^2"), "=", formula(product.k_squared)),
             Line(_indexed(R, product.place), "=", formula(product.branch)),
             Line(_indexed(GSC, product.place, "^2"), "=", formula(product.block), "one block"),
             Line(_indexed(Mathematics("q", "q"), depth), "=", formula(product.q)),
             Line(SQUARED, "=", formula(product.squared), f"{depth} blocks")]
    if product.exponent is not None and product.scale is not None and not product.squared.is_one:
        lines.append(Line(SQUARED, "~", _late(product.scale, depth, product.exponent), f"for large {depth}"))
    if product.count.number() is None and product.count != symbol(depth):
        lines.append(Line(formula(symbol(depth)), "=", formula(product.count)))
    for name, value in product.definitions.items():
        lines.append(Line(formula(symbol(name)), "=", formula(value)))
        if not symbols(value) - CONSTANTS - constants.keys():
            lines.append(Line(formula(symbol(name)), "~", decimal(evaluate(value, constants).to_float())))
    return lines


def _indexed(name: Mathematics, index: str, power: str = "") -> Mathematics:
    """With the block as its index."""
    shown = formula(symbol(index))
    return Mathematics(f"{name.text}_{shown.text}{power}", f"{name.latex}_{{{shown.latex}}}{power}",
                       f"{name.text}_{shown.unicode}{power.replace('^2', '²')}")


def _late(scale: Expression, depth: str, exponent: Expression) -> Mathematics:
    """scale·N^exponent, as it stands."""
    front, base, above = formula(scale), formula(symbol(depth)), formula(exponent)
    if scale.is_one:
        return Mathematics(f"{base.text}^({above.text})", f"{base.latex}^{{{above.latex}}}",
                           f"{base.unicode}^({above.unicode})")
    return Mathematics(f"{front.text}*{base.text}^({above.text})", rf"{front.latex} \, {base.latex}^{{{above.latex}}}",
                       f"{front.unicode}·{base.unicode}^({above.unicode})")


def _rests(page: DilutionPage) -> list[str]:
    """Named numbers, the error of quadrature, and assumptions."""
    derivation, product = page.derivation, page.product
    network = derivation.network
    used = frozenset() if product is None else frozenset().union(
        *(symbols(value) for value in (product.squared, product.q, *product.definitions.values())))
    notes = [f"`{name}`: {network.meanings[name]}." for name in sorted(used & network.errors.keys())]
    if page.found is not None and page.found.table.error:
        notes.append(f"Gaussian means by quadrature, relative error about {page.found.table.error:.0e}.")
    return notes + list(dict.fromkeys(
        f"Assumed [{item.name}]: {item.because} ({', '.join(f'`{block}`' for block in item.blocks[:4])})."
        for item in _assumed(derivation)))


def _assumed(derivation: Derivation) -> list[Hypothesis]:
    # Each copy has statistics of its own here, so that it need not be assumed that they are equal.
    return [item for item in derivation.hypotheses if item.status == "assumed" and item.name != "equal-copies"]


def dilution_data(page: DilutionPage) -> dict[str, Any]:
    """The contract of docs/forward.md."""
    found = page.found
    return {
        "expression": page.expression, "input": {"q": page.input[0], "c": page.input[1]},
        "gsc_squared": None if found is None else 10.0 ** (found.table.log_gsc_squared or 0.0),
        "blocks": [] if found is None else [
            {"block": block.label, "place": block.place, "k": block.k_squared**0.5, "skip_growth": block.skip,
             "branch_growth": block.branch, "gsc_squared": block.exact, "gsc": block.exact**0.5,
             "first_order": block.first_order, "remainder": block.remainder} for block in found.blocks],
        "product": None if page.product is None else _product_data(page.product),
        "assumed": [{"name": item.name, "because": item.because, "blocks": list(item.blocks)}
                    for item in _assumed(page.derivation)],
    }


def _product_data(product: ResidualProduct) -> dict[str, Any]:
    constants = constant_values(product.derivation)
    formulas: dict[str, Expression | None] = {
        "k_squared": product.k_squared, "branch_growth": product.branch, "block_gsc_squared": product.block,
        "q": product.q, "c": product.c, "phi": product.phi, "gsc_squared": product.squared,
        "exponent": product.exponent, "scale": product.scale}
    shown = {name: None if value is None else print_expression(value, PYTHON) for name, value in formulas.items()}
    definitions = {python_name(name): print_expression(value, PYTHON)
                   for name, value in product.definitions.items()}
    values = [value for value in (*formulas.values(), *product.definitions.values()) if value is not None]
    used = frozenset().union(*map(symbols, values))
    definitions.update({python_name(name): str(constants[name]) for name in sorted(used & constants.keys())})
    return {"place": python_name(product.place), "depth": python_name(product.depth),
            "count": print_expression(product.count, PYTHON), **shown, "definitions": definitions}


def dilution_picture(found: Dilution, kind: str) -> bytes:
    """k, and the growth of GSC from the input, against the block. Raises OptionError without matplotlib."""
    places = list(range(1, len(found.blocks) + 1))
    growth, total = [], 1.0
    for block in found.blocks:
        total *= block.exact**0.5
        growth.append(total)
    return line_plot([Curve("k", places, [block.k_squared**0.5 for block in found.blocks]),
                      Curve("sqrt(R) of the branch", places, [block.branch**0.5 for block in found.blocks], "--"),
                      Curve("GSC from the input", places, growth)], kind, across="block", up="")
