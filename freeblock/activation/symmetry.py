"""Functions that are plainly odd, whose odd moments vanish exactly."""

from __future__ import annotations

from freeblock.activation.tree import Apply, Constant, Power, Product, Sum, Tree, Variable, children, children_first

_ODD = frozenset({"tanh", "sin", "sinh", "erf", "arctan"})
_EVEN = frozenset({"cosh", "cos", "sech"})


def is_odd(tree: Tree) -> bool:
    """Whether g(−x) = −g(x) is plain from the parts of g."""
    signs: dict[int, int | None] = {}
    for part in children_first(tree):
        signs[id(part)] = _sign(part, [signs[id(inner)] for inner in children(part)])
    return signs[id(tree)] == -1


def _sign(tree: Tree, inner: list[int | None]) -> int | None:
    """1 for an even function, −1 for an odd one."""
    if isinstance(tree, Constant):
        return 1
    if isinstance(tree, Variable):
        return -1
    if None in inner:
        return None
    first = inner[0]
    assert first is not None
    match tree:
        case Sum():
            return first if len(set(inner)) == 1 else None
        case Product():
            return -1 if inner.count(-1) % 2 else 1
        case Power(_, exponent):
            return first if isinstance(exponent, int) and exponent % 2 else 1 if isinstance(exponent, int) else None
        case Apply(name):
            if first == 1 or name in _EVEN:
                return 1
            return -1 if name in _ODD else None
    return 1 if set(inner) == {1} else None
