"""A text that is the same for the same function, and as long as the function has parts."""

from __future__ import annotations

from freeblock.activation.tree import Apply, Choice, Constant, Power, Product, Sum, Tree, children_first
from freeblock.formula.notations import PLAIN
from freeblock.formula.printing import print_expression


def signature(tree: Tree) -> str:
    """One line for each part, which names the parts it is made of by their lines."""
    places: dict[int, int] = {}
    lines = []
    for part in children_first(tree):
        places[id(part)] = len(places)
        match part:
            case Constant(value):
                lines.append(print_expression(value, PLAIN))
            case Power(base, exponent):
                lines.append(f"{places[id(base)]}# ^ {exponent}")
            case Apply(name, argument):
                lines.append(f"{name} {places[id(argument)]}#")
            case Choice(switch, above, below):
                lines.append("? " + _named(places, (switch, above, below)))
            case Product(parts):
                lines.append("* " + _named(places, parts))
            case Sum(parts):
                lines.append("+ " + _named(places, parts))
            case _:
                lines.append("#")
    return "\n".join(lines)


def _named(places: dict[int, int], parts: tuple[Tree, ...]) -> str:
    return " ".join(f"{places[id(part)]}#" for part in parts)
