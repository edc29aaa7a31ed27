"""How one report prints its own quantities: φ, ϕ, κ, the moments, the state and the Jacobian."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.report.paper_notation import PaperNotation, looks_numbered
from freeblock.report.safe_latex import SafeLatex, with_scripts

_USUAL = {
    "phi": (r"\phi", r"\mathsf{M}"),
    "variance": (r"\varphi", r"\mathsf{V}"),
    "kappa": (r"\kappa", r"\mathsf{K}"),
    "state": (r"\lambda", r"\mathsf{L}"),
    "J": ("J", r"\mathsf{J}"),
}
"""The letter of each quantity, and the one it takes where the user has given that letter away."""


class Letters:
    """The quantities of a report in LaTeX, and the user's word on the symbols of the network."""

    def __init__(self, notation: PaperNotation | None = None) -> None:
        self.notation = notation or PaperNotation()
        said = self.notation.symbols
        chosen = {name: said.get(name) or SafeLatex(_free(usual, list(said.values()))) for name, usual in
                  _USUAL.items()}
        self._phi, self._variance, self._kappa = chosen["phi"], chosen["variance"], chosen["kappa"]
        self._state, self._jacobian = chosen["state"], chosen["J"]
        self._moment = said.get("moment", self._phi)
        self.stand_in = _free([r"\mathsf{V}"], list(said.values()))
        """For ϕ where a preamble has made it look like φ."""
        self.phi, self.variance, self.kappa = self._phi.text, self._variance.text, self._kappa.text
        self.state, self.jacobian = self._state.text, self._jacobian.text
        self.own = frozenset((self.phi, self.variance, self.kappa, self.jacobian, self._moment.text))
        """All of these but the state, which reports of the second order do not show."""
        self._numbered = self.phi, self.variance, self._moment.text
        """Those that stand with numbers."""

    @property
    def collide(self) -> bool:
        r"""Whether φ and ϕ are told apart by \phi and \varphi, which a preamble may have made the same."""
        return {self.phi, self.variance} == {r"\phi", r"\varphi"}

    def phi_of(self, index: str) -> str:
        """φ with an index."""
        return indexed(self._phi, index)

    def variance_of(self, index: str) -> str:
        """ϕ with an index."""
        return indexed(self._variance, index)

    def kappa_of(self, index: str) -> str:
        """κ with an index."""
        return indexed(self._kappa, index)

    def state_of(self, index: str) -> str:
        """λ with an index."""
        return indexed(self._state, index)

    def moment_of(self, index: str) -> str:
        """φ_k for an index k."""
        return indexed(self._moment, index)

    def matrix_of(self, number: int) -> str:
        """J with the number of a step."""
        return indexed(self._jacobian, f"{{{number}}}")

    def moment(self, place: int) -> str:
        """φ_k for a number; φ_1 is φ."""
        return self.phi if place == 1 else self.moment_of(f"{{{place}}}")

    def state_at(self, place: int) -> str:
        """λ_k for a number; λ_1 is κ."""
        return self.kappa if place == 1 else self.state_of(f"{{{place}}}")

    def phi_to(self, exponent: str) -> str:
        """φ to a power."""
        return raised(self.phi, self._phi, exponent)

    def moment_to(self, index: str, exponent: str) -> str:
        """φ_k to a power."""
        return raised(self.moment_of(index), self._moment, exponent)

    def state_to(self, index: str, exponent: str) -> str:
        """λ_k to a power."""
        return raised(self.state_of(index), self._state, exponent)

    @property
    def transposed(self) -> str:
        """Jᵀ."""
        return raised(self.jacobian, self._jacobian, r"{\top}")

    def product(self, side: str) -> str:
        """JJᵀ; on the input side JᵀJ."""
        factors = (self.transposed, self.jacobian) if side == "in" else (self.jacobian, self.transposed)
        return ("" if len(self.jacobian) == 1 else " ").join(factors)

    def claims(self, shown: str) -> bool:
        """Whether a symbol so printed would look like one of these with a number."""
        return shown.startswith(self._numbered) and any(looks_numbered(shown, letter) for letter in self._numbered)


def indexed(symbol: SafeLatex, index: str) -> str:
    """The symbol with one more index; `index` is one token or stands in braces."""
    if symbol.below:
        inner = index[1:-1] if index.startswith("{") else index
        return with_scripts(symbol.letter, f"{symbol.below},{inner}", symbol.above)
    return f"{symbol.text}_{index}"


def raised(text: str, symbol: SafeLatex, exponent: str) -> str:
    """The text of a symbol to a power, in brackets where something stands above it already."""
    return f"({text})^{exponent}" if symbol.above else f"{text}^{exponent}"


def _free(usual: Sequence[str], said: Sequence[SafeLatex]) -> str:
    """The first letter that no notation was given; under tildes where all of them were."""
    taken = [symbol.text for symbol in said]
    for letter in usual:
        if not any(text == letter or looks_numbered(text, letter) for text in taken):
            return letter
    return _free([rf"\widetilde{{{usual[-1]}}}"], said)
