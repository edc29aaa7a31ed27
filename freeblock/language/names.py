"""How a name is written: letters of any script, Greek ones standing for their spelled names."""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 100  # characters of a name, Greek letters spelled out, at most

_SMALL = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "ο": "omicron",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}
_GREEK = str.maketrans(
    _SMALL | {small.upper(): spelled.capitalize() for small, spelled in _SMALL.items()} | {"ς": "sigma"}
)


def spell(written: str) -> str:
    """The name that a written word stands for: compatibility forms folded, Greek letters spelled out.

    Two ways to write a letter give one name, so σ_w, 𝜎_w and sigma_w are the same.
    """
    if written.isascii():
        return written
    return unicodedata.normalize("NFKC", written).translate(_GREEK)


def foreign_character(name: str) -> str | None:
    """The first character that no name holds: none but letters, ASCII digits and underscores; or None.

    Raised and lowered letters are foreign too: folded, they would turn x² into a name x2.
    """
    for char in name:
        if not char.isalpha() and char not in "_0123456789":
            return char
        if unicodedata.decomposition(char).startswith(("<super>", "<sub>")):
            return char
    return None
