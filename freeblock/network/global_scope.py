"""The scope around every definition: what the user set, the input width, and no name of a block."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.errors import LanguageError
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.products import product
from freeblock.language.formulas import to_expression
from freeblock.network.program import Definitions
from freeblock.network.scope import NO_BLOCK, Binding, Guard, Scope
from freeblock.rules.catalogue import Catalogue
from freeblock.source import Span


class GlobalScope:
    """Makes the scope of each statement; `values` grows as equalities are read."""

    def __init__(self, definitions: Definitions, catalogue: Catalogue, values: Mapping[str, Expression]) -> None:
        self._definitions = definitions
        self._catalogue = catalogue
        self._values = values

    def without_input(self) -> Scope:
        """The scope in which the input width is said: below all statements, without `n`."""
        return Scope(dict(self._values), guard=self._guard(len(self._definitions.statements)))

    def of_body(self, owner: Span, bound: Mapping[str, Binding] | None = None) -> Scope:
        """The scope of a definition's body, with its parameters bound."""
        numbers = {**self._values, "n": self._input_width()}
        return Scope(numbers, bound or {}, guard=self._guard(self._definitions.place_of(owner)))

    def _input_width(self) -> Expression:
        statement = self._definitions.input
        if statement is None:
            return self._values.get("n", symbol("n"))
        return product((to_expression(part, dict(self._values), free=True), 1) for part in statement.shape)

    def _guard(self, before: int) -> Guard:
        """A name that is a block has no value as a number."""
        def check(name: str) -> None:
            if name in ("fan_in", "fan_out"):
                raise LanguageError(f"`{name}` has no value here", hint="it is a width of the component in whose "
                                    "arguments it stands")
            if self._definitions.find(name, before) is not None or self._catalogue.find(name) is not None:
                raise LanguageError(f"`{name}` is a block, and a number is expected here",
                                    hint=NO_BLOCK)
        return check
