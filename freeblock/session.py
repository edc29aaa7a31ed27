"""What the API, the command line and notebooks share: a text in, a derivation out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, get_args

from freeblock.calculus.derivation import Derivation, Prover, derive
from freeblock.calculus.orders import MAX_ORDER
from freeblock.calculus.premises import PREMISE_NAMES, Premises
from freeblock.calculus.refusals import refusal
from freeblock.calculus.standings import Hypothesis
from freeblock.calculus.steps import Step
from freeblock.errors import (
    DomainError,
    FreeblockError,
    LimitError,
    OptionError,
    RefusedError,
    UnknownNameError,
    did_you_mean,
)
from freeblock.formula.expression import Expression
from freeblock.formula.traversal import symbols
from freeblock.language.names import spell
from freeblock.language.nodes import Program
from freeblock.language.parser import parse_program
from freeblock.language.reading import read_source
from freeblock.network.network import Network
from freeblock.network.resolve import resolve
from freeblock.report.data import derivation_data, derivation_json, json_pieces
from freeblock.report.paper_notation import PaperNotation, read_mapping
from freeblock.report.text import Style, text_report
from freeblock.report.values import Evaluation, evaluate_derivation
from freeblock.rules.catalogue import Catalogue, load_catalogue
from freeblock.settings import check_used, check_values, exact_number, is_whole, read_values
from freeblock.source import Source, Span

if TYPE_CHECKING:
    import sympy

Side = Literal["out", "in"]
Detail = Literal["none", "summary", "full"]
Notation = Mapping[str, str] | PaperNotation
"""A paper's own symbols: name → LaTeX."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A derivation as users hold it. Formulas are sympy expressions, None where the order is refused."""

    expression: str
    derivation: Derivation
    premises: Premises = Premises()
    """What was assumed on the user's word."""

    @property
    def phi(self) -> sympy.Expr | None:
        """φ(JJᵀ), the first moment, normalised over the outputs."""
        return _sympy(self.derivation, self.derivation.phi)

    @property
    def variance(self) -> sympy.Expr | None:
        """ϕ(JJᵀ) = φ_2 − φ²."""
        return _sympy(self.derivation, self.derivation.variance)

    @property
    def kappa(self) -> sympy.Expr | None:
        """κ = ϕ/φ²; None also for the zero block."""
        return _sympy(self.derivation, self.derivation.kappa)

    def moment(self, k: int) -> sympy.Expr | None:
        """φ_k for 1 ≤ k ≤ order. Raises OptionError for another k."""
        if not is_whole(k) or not 1 <= k <= self.derivation.order:
            raise OptionError(f"the moments are those of order 1 to {self.derivation.order}, not {k!r}",
                              hint="derive with a higher order")
        return _sympy(self.derivation, self.derivation.moment(k))

    def evaluate(self, values: Mapping[str, float | int]) -> Evaluation:
        """Numbers at the given values of the symbols, which are in their domain; in log space and without sympy.

        Raises UnknownNameError for a symbol without a value, DomainError where the result has no value there.
        """
        known = {spell(name): exact_number(name, value) for name, value in values.items()}
        try:
            return evaluate_derivation(self.derivation, known)
        except KeyError as error:
            name = error.args[0]
            raise UnknownNameError(f"`{name}` needs a value", hint=f"add {name!r} to the values") from None
        except (ArithmeticError, ValueError) as error:
            raise DomainError(f"the result has no value there: {error}") from None

    def solve(self, name: str, where: str = "phi = 1") -> list[sympy.Expr]:
        """The admissible values of a symbol that meet a condition on `phi`, `variance` or `kappa`, in closed form.

        Numbers where there is no closed form and no other symbol is left, intervals for inequalities; empty where no
        value will do. Raises FreeblockError: an unknown symbol, no relation, a refused result, no way to solve.
        """
        from freeblock.calculus.conditions import read_condition, solve_conditions  # noqa: PLC0415 - loads mpmath
        from freeblock.calculus.sympy_solutions import sympy_solutions  # noqa: PLC0415 - and sympy

        outcome = solve_conditions(self.derivation, [name], [read_condition(where)])
        return sympy_solutions(outcome, self.derivation.network.whole)

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """Every hypothesis with its standing per order."""
        return self.derivation.hypotheses

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the derivation, premises before conclusions."""
        return self.derivation.steps

    def latex(self, *, steps: Detail = "full", document: bool = False, notation: Notation | None = None) -> str:
        """The LaTeX fragment, or with `document` a page that compiles by itself; `steps`: none, summary or full.

        `notation` maps `phi`, `variance`, `kappa`, `moment`, `state`, `J`, `m` and symbols of the network to LaTeX.
        Raises FreeblockError for LaTeX that is not one symbol, unknown names, and two names printed alike.
        """
        _check_choice("steps", steps, get_args(Detail))
        shown: str = _latex().latex_report(
            self.derivation, expression=self.expression, steps=steps, document=document, notation=_paper(notation))
        return shown

    def text(self, *, style: Style = "text", steps: Detail = "summary", notation: Notation | None = None) -> str:
        """Plain text, Unicode or Markdown (`style`: text, unicode, markdown), in the notation (see `latex`).

        `steps`: none, summary or full. Raises FreeblockError as `latex` does.
        """
        _check_choice("steps", steps, get_args(Detail))
        _check_choice("style", style, get_args(Style))
        return text_report(self.derivation, self.expression, style=style, steps=steps, notation=_paper(notation))

    def data(self, *, notation: Notation | None = None) -> dict[str, Any]:
        """The JSON object as Python data, its LaTeX in the notation (see `latex`)."""
        return derivation_data(self.derivation, self.expression, _paper(notation))

    def to_json(self, *, notation: Notation | None = None) -> str:
        """The JSON text, its LaTeX in the notation (see `latex`)."""
        return derivation_json(self.derivation, self.expression, _paper(notation))

    def json_pieces(self, *, notation: Notation | None = None) -> list[str]:
        """The JSON text in pieces, to be written one after another."""
        return json_pieces(self.derivation, self.expression, _paper(notation))

    def _repr_latex_(self) -> str:
        shown: str = _latex().inline_results(self.derivation)
        return shown

    def __repr__(self) -> str:
        return self.text(style="unicode", steps="none")


def _latex() -> ModuleType:
    """Loaded where LaTeX is wanted: a fifth of what a derivation to JSON would else load."""
    return import_module("freeblock.report.latex")


def _paper(notation: Notation | None) -> PaperNotation | None:
    if notation is None or isinstance(notation, PaperNotation):
        return notation
    if not isinstance(notation, Mapping):
        raise OptionError(f"the notation is a mapping of names to LaTeX, not {type(notation).__name__}",
                          hint=r"for example notation={'phi': r'\varphi'}")
    return read_mapping(notation)


def _check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    if value not in choices:
        raise OptionError(f"the {name} cannot be {value!r}", hint=f"it is one of {', '.join(choices)}")


def _sympy(derivation: Derivation, expression: Expression | None) -> sympy.Expr | None:
    if expression is None:
        return None
    from freeblock.formula.sympy_bridge import to_sympy  # noqa: PLC0415 - the one edge where sympy is reached

    return to_sympy(expression, derivation.network.whole)


def load_libraries(files: Sequence[str | Source]) -> Catalogue:
    """Our components with the user's library files over them, which may have been read already."""
    return load_catalogue([file if isinstance(file, Source) else read_source(file) for file in files])


def read_network(
    source: Source | Program, *, name: str | None = None, library: Sequence[str | Source] = (),
    values: Mapping[str, object] | None = None,
) -> Network:
    """Parse (unless that is done) and resolve a program. Raises FreeblockError kinds."""
    chosen = read_values(values)
    program = parse_program(source) if isinstance(source, Source) else source
    catalogue = load_libraries(library)
    check_values(chosen, catalogue)
    network = resolve(program, catalogue, name=name and spell(name), values=chosen)
    check_used(chosen, network, program.source)
    return network


def derive_source(
    source: Source | Program, *, order: int = 2, name: str | None = None, library: Sequence[str | Source] = (),
    values: Mapping[str, object] | None = None, side: Side = "out", assume_free: bool = False,
    assume: Sequence[str] = (), q: str | None = None, c: str | None = None,
) -> Result:
    """Derive a program's block. Raises FreeblockError kinds; refusals are in the result, not raised.

    With `q`, the mean square of a Gaussian input, and `c`, the correlation of two inputs (0 if not said), what
    normalisations and activations meet is worked out.
    """
    if not is_whole(order) or not 1 <= order <= MAX_ORDER:
        raise OptionError(f"the order is a whole number from 1 to {MAX_ORDER}, not {order!r}")
    _check_choice("side", side, get_args(Side))
    with _depth_told(source):
        network = read_network(source, name=name, library=library, values=values)
    check_premises(network, assume)
    prover = None
    if q is not None or c is not None:
        network, prover = _with_input(network, q, c)
    free = assume_free or "free-blocks" in assume
    with _depth_told(source):
        premises = Premises(free, frozenset(assume))
        derivation = derive(network, order=order, side=side, premises=premises, prover=prover)
    text = source.text if isinstance(source, Source) else source.source.text
    return Result(text, derivation, premises)


def _with_input(network: Network, q: str | None, c: str | None) -> tuple[Network, Prover]:
    """The network at an input, and the theorem that needs it."""
    if q is None:
        raise OptionError("--c is the correlation of inputs whose mean square --q says", hint="add --q 1")
    from freeblock.calculus.filling import filled  # noqa: PLC0415 - loads mpmath and numpy
    from freeblock.calculus.overlap.proof import proof_by_overlap  # noqa: PLC0415 - with it
    from freeblock.calculus.overlap.theorem import normed_stacks, overlapped  # noqa: PLC0415 - with it
    from freeblock.calculus.states import read_input  # noqa: PLC0415 - with it

    size, correlation = read_input(q, c or "0")
    try:
        return filled(network, size, correlation), partial(proof_by_overlap, theorem=overlapped)
    except RefusedError:
        stacks = normed_stacks(network, size, correlation)
        if stacks is None:
            raise
        return stacks[0], partial(proof_by_overlap, theorem=stacks[1])


def check_premises(network: Network, assume: Sequence[str]) -> None:
    """Raise OptionError for a name that no hypothesis of the network has."""
    known = {*PREMISE_NAMES, *network.premise_names}
    for assumed in assume:
        if assumed not in known:
            close = did_you_mean(assumed, known)
            raise OptionError(f"no hypothesis is called `{assumed}`",
                              hint=f"did you mean `{close}`?" if close else f"known are {', '.join(sorted(known))}")


@contextmanager
def _depth_told(source: Source | Program) -> Iterator[None]:
    """A formula nested too deeply for its terms to be ordered is a limit, told with its place."""
    try:
        yield
    except RecursionError:
        text = source if isinstance(source, Source) else source.source
        raise LimitError("a formula of this network is nested too deeply", Span(text, 0, len(text.text.rstrip())),
                         "give its parts values with --set, or nest fewer fractions") from None


def require(result: Result, wanted: Literal["phi", "variance"]) -> None:
    """Raise RefusedError where φ (or, if wanted, ϕ) is refused, saying what is missing and how to assume it."""
    derivation = result.derivation
    if derivation.given >= (2 if wanted == "variance" else 1):
        return
    raise refusal(derivation, 2 if wanted == "variance" else 1)


Progress = Callable[[int, int], None]


def free_symbols(derivation: Derivation) -> frozenset[str]:
    """The symbols of the stated moments."""
    found: frozenset[str] = frozenset()
    for order in range(1, min(derivation.given, derivation.order) + 1):
        moment = derivation.moment(order)
        if moment is not None:
            found |= symbols(moment)
    return found


__all__ = ["FreeblockError", "Progress", "Result", "derive_source", "free_symbols", "require"]
