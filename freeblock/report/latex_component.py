"""The step of one component: its law as the library states it, its traits, and its source."""

from __future__ import annotations

import re

from freeblock.activation.on_demand import VARIABLE
from freeblock.calculus.steps import Step
from freeblock.calculus.traits import TRAIT_MEANINGS
from freeblock.errors import FreeblockError
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Node
from freeblock.network.nodes import Leaf
from freeblock.report.latex_numbers import is_long
from freeblock.report.latex_page import Page
from freeblock.report.latex_sources import cited, rule_sources
from freeblock.report.latex_symbols import NAMED
from freeblock.report.latex_text import code, escape, prose
from freeblock.report.latex_width import width_of
from freeblock.report.unit_functions import latex_function
from freeblock.rules.rule import Means
from freeblock.rules.schema import MEAN_SQUARE

_LETTERS_SHOWN = 3
_IN_SENTENCE = 60.0
_FUNCTION_IN_SENTENCE = 150.0
"""A formula wider than this is displayed."""

_TRAIT_MATH = {
    "left": r"$J \sim UJ$", "right": r"$J \sim JV$", "conjugate": r"$J \sim UJU^{\top}$",
    "isometric": r"$J^{\top}J \propto I$", "coisometric": r"$JJ^{\top} \propto I$",
    "scalar": r"$J \propto I$", "left_gram": r"$JJ^{\top} \sim UJJ^{\top}U^{\top}$",
    "right_gram": r"$J^{\top}J \sim VJ^{\top}JV^{\top}$",
    "left_isotropic": r"$\operatorname{E} JJ^{\top} \propto I$",
    "right_isotropic": r"$\operatorname{E} J^{\top}J \propto I$",
    "central": "mean zero", "nonnegative": "no negative entries",
}


def component_step(page: Page, step: Step) -> list[str]:
    """One component in full."""
    leaf = step.block
    assert isinstance(leaf, Leaf)
    name = page.matrices.of_step(leaf)
    head = (rf"\textbf{{Component}} ${letters(page, step)}$: {code(leaf.label)}, "
            rf"{_decapitalized(prose(leaf.rule.title))}, ${page.shape(leaf.rows, leaf.columns)}$"
            f"{_source(leaf)}.")
    law, rest = _law(page, leaf)
    rows = [page.equation(rf"{page.letters.phi}({name})", step.law.phi, line=page.item)]
    if not step.law.is_zero:
        rows += [page.equation(f"{page.letters.state_at(place)}({name})", value, line=page.item)
                 for place, value in enumerate(step.law.state, 1)]
    lines = [head, *law, rest, *page.equations(rows, line=page.item, packed=True)]
    traits = _traits(leaf)
    return [*lines, traits] if traits else lines


def letters(page: Page, step: Step) -> str:
    """The matrices with this law: W, or W_1, W_2, …"""
    names = page.letters_of(step)
    if len(names) <= _LETTERS_SHOWN:
        return ", ".join(names)
    return rf"{names[0]}, {names[1]}, \dots, {names[-1]}"


def _source(leaf: Leaf) -> str:
    keys = rule_sources(leaf.rule)
    return cited(keys) if keys else f" ({prose(leaf.rule.source)})"


def _law(page: Page, leaf: Leaf) -> tuple[list[str], str]:
    """The rule's formula with this place's values put in, and the words that lead on to φ and κ."""
    jacobian = leaf.jacobian
    order, own = page.symbols.order, page.letters
    scope = {**leaf.arguments, "k": symbol(NAMED + order), "z": symbol(NAMED + "z")}
    if jacobian.opaque:
        return [], "Nothing is known of it but what symbols say:"
    if jacobian.means is not None:
        return _function(page, jacobian.means, leaf, order), "Hence"
    if jacobian.moments is not None:
        formula = _formula(jacobian.moments, scope)
        if formula is None:
            return [], "Its moments are"
        said = "Its moments are" if NAMED + order in symbols(formula) else "Its moments are all equal,"
        return _stated(page, said, own.moment_of(f"{{{order}}}"), formula), "Hence"
    if jacobian.s_transform is not None:
        formula = _formula(jacobian.s_transform, scope)
        if formula is None:
            return [], "It is zero:"
        states = rf"${own.kappa} = -S'(0)/S(0)$" if page.derivation.order <= 2 else \
            rf"${own.state_of('j')} = -[z^j] \log S(z)$, ${own.state_of('1')} = {own.kappa}$"
        return _stated(page, "Its $S$-transform is", "S(z)", formula), rf"By ${own.phi} = 1/S(0)$ and {states}"
    if jacobian.measure:
        return _atoms(page, leaf, scope), "Hence"
    return [], "Two moments are known:"


def _function(page: Page, means: Means, leaf: Leaf, order: str) -> list[str]:
    """The function with this place's values put in, and its moments as means."""
    names = means.names(leaf.arguments)

    def name_of(name: str) -> tuple[str, bool]:
        if name == VARIABLE:
            return VARIABLE, False
        value = names.get(name, symbol(name))
        text = page.formulas.text(value)
        return text, not re.fullmatch(r"[0-9]+|\\?[A-Za-z]+(_\{[^{}]*(\{[^{}]*\})?[^{}]*\})?", text)

    prime = "'" if means.function is None else ""
    variance = page.formulas.text(names[MEAN_SQUARE])
    stated = f"f{prime}(x) = {latex_function(means.node, name_of)}"
    moments = rf"{page.letters.moment_of(f'{{{order}}}')} = \operatorname{{E}} f'(x)^{{2 {order}}}"
    if width_of(stated) <= _FUNCTION_IN_SENTENCE:
        return [f"Each unit is ${stated}$; for $x \\sim N(0, {variance})$ its moments are ${moments}$."]
    return ["Each unit is", "\\[", stated, "\\]", f"for $x \\sim N(0, {variance})$ its moments are ${moments}$."]


def _stated(page: Page, words: str, left: str, formula: Expression) -> list[str]:
    """A formula in its sentence where it is short, displayed where it is not."""
    if page.formulas.fits(formula, _IN_SENTENCE) and not is_long(formula):
        return [f"{words} ${left} = {page.formulas.text(formula)}$."]
    return [words, *page.equations([page.equation(left, formula, line=page.item)], line=page.item)]


def _atoms(page: Page, leaf: Leaf, scope: dict[str, Expression]) -> list[str]:
    rows = []
    for value, weight in leaf.jacobian.measure:
        known, share = _formula(value, scope), _formula(weight, scope)
        if known is not None and share is not None:
            rows += [page.equation(r"\text{eigenvalue}", known, line=page.item),
                     page.equation(r"\text{with weight}", share, line=page.item)]
    return [r"The eigenvalues of its square are", *page.equations(rows, line=page.item, packed=True)]


def _formula(node: Node, scope: dict[str, Expression]) -> Expression | None:
    """None where the formula has no value (a block that is zero)."""
    try:
        return to_expression(node, scope, free=False)
    except (ArithmeticError, ValueError, FreeblockError):
        return None


def _traits(leaf: Leaf) -> str:
    shown = []
    for trait in sorted(leaf.traits):
        meaning = _TRAIT_MATH.get(trait) or escape(TRAIT_MEANINGS.get(trait, ""))
        word = trait.replace("_", "-")
        shown.append(f"{word} ({meaning})" if meaning and trait != "diagonal" else word)
    return f"Traits: {', '.join(shown)}." if shown else ""


def _decapitalized(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
