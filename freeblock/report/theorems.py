"""The page docs/theorems.md, printed from the records the calculus itself uses."""

from __future__ import annotations

from freeblock.calculus.theorems import SERIAL_CLOSURE, STACK_CLOSURE, SUM_CLOSURE, THEOREMS
from freeblock.calculus.traits import IMPLICATIONS, INFINITE, TRAIT_MEANINGS

_FORMULAS = {
    "serial": r"J = J_B J_A (A acts first): φ = φ_A φ_B; λ_j = (m_B/m_A)^j λ_j(A) + λ_j(B), so that "
              r"κ = (m_B/m_A) κ_A + κ_B.",
    "sum": r"J = A + B, both m×n: φ = φ_A + φ_B; ϕ = ϕ_A + ϕ_B + 2 (m/n) φ_A φ_B; every order: rectangular free "
           r"cumulants with ratio m/n add.",
    "stack": r"J = [A; B], common input n: φ = (m_A φ_A + m_B φ_B)/(m_A + m_B); every order: the free cumulants of "
             r"JᵀJ add.",
}

_INTRODUCTION = """\
# Theorems, their hypotheses, and the traits they rest on

This page is printed from the records in `freeblock/calculus/theorems.py` and `freeblock/calculus/traits.py`;
the calculus uses nothing else. A is the block that acts first and B the one after it; in sums and stacks A and
B are any two branches. *Independent* means that A and B share no weight and no mark; the marks of a block are
the weights (and the data) that its activation patterns depend on. Each row of the tables is proved, or
sketched, on [the page of proofs](proofs.md).

Every use of a theorem is **proved**, **assumed** or **refused**, order by order: a theorem proved to order 1
gives φ but not ϕ. A chain takes the best bracketing; a sum or stack takes the best order of its branches.
What is refused can be assumed by name (`--assume NAME`), and then the result says so:

| name | what is taken for granted |
| --- | --- |
| `independent-patterns` | activation patterns that look at the same vector are independent |
| `free-blocks` | every block is free from every other (the same as `--assume-free`) |
| `half-active` | P(x > 0) = 1/2 where the vector is not known to be symmetric |
| `gaussian-pre-activation` | the pre-activations of tanh, selu are N(0, q) where that is not known |
| `equal-deviations`, `equal-magnitudes` | all units a normalisation sees have one standard deviation (magnitude) |
| `normalised-once` | two normalisations of one vector behave as independent ones |
| `borders-neglected` | every position of an image is far from a border |
| `independent-positions` | different positions of a channel are independent |
| `uniform-selection` | each position of a pooling window is the largest equally often |
| `large-groups`, `equal-instances` | all groups (channels) that a normalisation sees have one standard deviation |

Model: the widths grow in fixed proportion; weights are independent, rotation invariant and of mean zero; the
derivatives of all activations commute and are free from the weights. The last clause is exact at every width for
functions of the sign behind a fresh symmetric weight, and asymptotic otherwise (*gradient independence*).

Of images the rotations U and V, and every trait, are meant of the channels: the tables say whether blocks are free on
channels. Where positions are alike (no borders, no strides but those that divide the kernel, no pools) that is all, as
the channels grow. Elsewhere the law is that of [energies at positions](theory/images.md), to order 2 at most, and the
result reaches as far as both. A block that acts on positions alone, alike in all channels, is orthogonal on channels.
"""


def theorem_page() -> str:
    """The page in Markdown."""
    lines = [_INTRODUCTION, "## Traits\n", "| trait | meaning |", "| --- | --- |"]
    lines += [f"| {_name(name)} | {meaning} |" for name, meaning in TRAIT_MEANINGS.items()]
    implied = "; ".join(f"{_name(first)} ⇒ {_name(second)}" for first, second in IMPLICATIONS)
    lines += ["", f"Implied: {implied}.", ""]
    for theorem, conditions in THEOREMS.items():
        lines += [f"## The {theorem} theorem\n", _FORMULAS[theorem], "", "| proved to order | if |", "| --- | --- |"]
        lines += [f"| {'every' if condition.order == INFINITE else condition.order} | {condition.statement} |"
                  for condition in conditions]
        lines.append("")
    lines += ["## What a chain keeps\n", "| trait | of B after A, if |", "| --- | --- |"]
    lines += [f"| {_name(closure.trait)} | {closure.statement} |" for closure in SERIAL_CLOSURE]
    for title, table in (("sum", SUM_CLOSURE), ("stack", STACK_CLOSURE)):
        lines += ["", f"## What a {title} keeps\n", "| traits | if |", "| --- | --- |"]
        lines += [f"| {_name(names)} | {statement} |" for names, statement in table]
    return "\n".join(lines) + "\n"


def _name(words: str) -> str:
    return words.replace("_", "-")
