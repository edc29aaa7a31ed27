"""A derivation as JSON: the contract of docs/json.md. Formulas are Python expressions over `symbols`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from json.encoder import encode_basestring as encode_text
from typing import Any

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.standings import Hypothesis
from freeblock.calculus.steps import Contribution
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.notations import python_name
from freeblock.formula.traversal import symbols
from freeblock.network.image import Image
from freeblock.network.nodes import Leaf
from freeblock.report.definitions import Definitions
from freeblock.report.latex_matrices import Matrices
from freeblock.report.latex_symbols import Symbols
from freeblock.report.letters import Letters
from freeblock.report.paper_notation import PaperNotation
from freeblock.report.results import moment_of, variance_of
from freeblock.report.step_texts import StepTexts, encode
from freeblock.report.values import constant, constant_values


def derivation_json(derivation: Derivation, expression: str, notation: PaperNotation | None = None) -> str:
    """The JSON text of one derivation; a line per key and per step, hypothesis and contribution."""
    return "".join(json_pieces(derivation, expression, notation))


def json_pieces(derivation: Derivation, expression: str, notation: PaperNotation | None = None) -> list[str]:
    """The JSON text in pieces, of which a long one is written without being put together.

    Steps are written as text at once: as objects they would take longer to make and to lay out than to derive.
    """
    pieces = ["{"]
    for key, texts in _Sections(derivation, Letters(notation)).texts(expression).items():
        pieces += [",\n" if len(pieces) > 1 else "\n", f' "{key}": ', *texts]
    pieces.append("\n}")
    return pieces


def derivation_data(derivation: Derivation, expression: str, notation: PaperNotation | None = None) -> dict[str, Any]:
    """The same as Python data."""
    data: dict[str, Any] = json.loads(derivation_json(derivation, expression, notation))
    return data


class _Sections:
    """The values of the keys as JSON texts."""

    def __init__(self, derivation: Derivation, letters: Letters) -> None:
        self._derivation = derivation
        self._symbols = _symbols_of(derivation)
        self._formulas = Definitions(frozenset(map(python_name, self._symbols)),
                                     Symbols(derivation, self._letters(letters), letters))

    def _letters(self, own: Letters) -> Collection[str]:
        """Those of the matrices in the LaTeX report, where a symbol might be printed as one of them."""
        opaque = any(isinstance(step.block, Leaf) and step.block.jacobian.opaque for step in self._derivation.steps)
        if opaque or own.notation.symbols or any(name[0].isupper() for name in self._symbols):
            return Matrices(self._derivation, own).used
        return ()

    def texts(self, expression: str) -> dict[str, Sequence[str]]:
        """Key → JSON, in pieces."""
        derivation, text = self._derivation, self._formulas.short
        # The long formulas of the whole are put together from the texts of the steps.
        steps = StepTexts(derivation, self._formulas)
        lines = [steps.line(step) for step in derivation.steps]
        results = self._results()
        block = derivation.network.block
        shares = derivation.shares if derivation.given >= 2 else ()
        contributions = [self._contribution(share) for share in shares]
        latex = self._latex()
        constants = constant_values(derivation)
        values = {python_name(name): str(value) for name, value in constants.items() if name in self._symbols}
        sections: dict[str, Sequence[str]] = {
            "expression": (encode(expression),),
            "shape": (encode({"in": self._shape(block.columns, derivation.network.image),
                              "out": self._shape(block.rows, derivation.network.output)}),),
            "side": (encode(derivation.side),),
            "order": (encode(derivation.order),),
            **{key: (encode(value),) for key, value in results.items()},
            "definitions": (encode({**values, **self._formulas.listed}),),
            "symbols": _joined(map(self._symbol, sorted(self._symbols - constants.keys())), "{}"),
            "contributions": _joined(contributions, "[]"),
            "hypotheses": _joined(map(_hypothesis, derivation.hypotheses), "[]"),
            "steps": _joined(lines, "[]"),
            "latex": (encode(latex),),
        }
        free = derivation.border_free
        if free is not None:
            sections["border_free"] = (encode({
                "phi": text(free.phi), "kappa": None if free.kappa is None else text(free.kappa)}),)
        proof = derivation.proof if derivation.given >= 2 else None
        plain = None if proof is None else proof.plain_on(derivation.side)
        if plain is not None and plain.kappa is not None:
            sections["independent_patterns"] = (encode({"kappa": text(plain.kappa)}),)
        limits = derivation.limits()
        if limits is not None:
            sections["limits"] = (encode({python_name(limits.depth): {
                name: None if value is None else text(value) for name, value in (
                    ("phi", limits.phi), ("variance", limits.variance), ("kappa", limits.kappa))}}),)
        notes = [str(item.statement) for item in derivation.network.assumptions if item.name == "note"]
        if notes:
            sections["notes"] = (encode(notes),)
        return sections

    def _shape(self, width: Expression, image: Image | None) -> str | list[str]:
        """The width of a vector; channels, height and width of an image."""
        if image is None or image.height is None or image.width is None:
            return self._formulas.short(width)
        return [self._formulas.short(size) for size in (image.channels, image.height, image.width)]

    def _results(self) -> dict[str, Any]:
        derivation, law, text = self._derivation, self._derivation.law, self._formulas.short
        given = derivation.given
        variance = variance_of(law, self._formulas) if given >= 2 else None
        phi = None if derivation.phi is None else constant(derivation.phi, constant_values(derivation))
        return {
            "phi": text(law.phi) if given >= 1 else None,
            "variance": None if variance is None else text(variance),
            "kappa": text(law.kappa) if given >= 2 and law.kappa is not None else None,
            "moments": [text(moment_of(law, order, self._formulas)) if order <= given else None
                        for order in range(1, derivation.order + 1)],
            "log10_phi": None if phi is None else phi.log10(),
        }

    def _latex(self) -> dict[str, Any]:
        law, given = self._derivation.law, self._derivation.given
        variance = variance_of(law, self._formulas) if given >= 2 else None
        latex: dict[str, Any] = {"phi": self._formulas.latex(law.phi) if given >= 1 else None,
                                 "variance": None if variance is None else self._formulas.latex(variance)}
        if self._formulas.listed_latex:
            latex["definitions"] = self._formulas.listed_latex
        return latex

    def _contribution(self, share: Contribution) -> str:
        return (f'{{"block": {encode_text(share.block)}, "count": "{self._formulas.short(share.count)}", '
                f'"kappa": "{self._formulas.short(share.kappa)}"}}')

    def _symbol(self, name: str) -> str:
        whole = name in self._derivation.network.whole
        assumptions = '["integer", "positive"]' if whole else '["positive"]'
        meaning = self._derivation.network.meanings.get(name)
        more = "" if meaning is None else f', "meaning": {encode(meaning)}'
        latex = encode_text(self._formulas.latex_notation.name(name)[0])
        return f'"{python_name(name)}": {{"latex": {latex}, "assumptions": {assumptions}{more}}}'


def _joined(lines: Iterable[str], brackets: str) -> Sequence[str]:
    """One item a line."""
    pieces = [brackets[0]]
    for line in lines:
        pieces += [",\n  " if len(pieces) > 1 else "\n  ", line]
    pieces.append(f"\n {brackets[1]}" if len(pieces) > 1 else brackets[1])
    return pieces


def _symbols_of(derivation: Derivation) -> frozenset[str]:
    """Every symbol of the results, the steps and the shape."""
    block = derivation.network.block
    found = set(symbols(block.rows) | symbols(block.columns))
    for image in (derivation.network.image, derivation.network.output):
        if image is not None and image.height is not None and image.width is not None:
            found |= symbols(image.channels) | symbols(image.height) | symbols(image.width)
    for step in derivation.steps:
        if step.law.model is not None and not step.premises:
            found.update(step.law.model.new)
            continue
        # A chain has no symbols but those of its premises and their weights.
        laws = [step.law.phi, *step.law.state] if step.theorem != "serial" else ()
        for expression in (*laws, *[premise.weight for premise in step.premises if premise.weight is not ONE]):
            if expression.number() is None:
                found |= symbols(expression)
    for share in derivation.shares:
        found |= symbols(share.count)
    return frozenset(found)


def _hypothesis(item: Hypothesis) -> str:
    blocks = ", ".join([encode_text(block) for block in item.blocks])
    return (f'{{"theorem": "{item.theorem}", "order": {item.order}, "status": "{item.status}", '
            f'"name": {encode_text(item.name)}, "blocks": [{blocks}], "because": {encode_text(item.because)}, '
            f'"count": {item.count}}}')
