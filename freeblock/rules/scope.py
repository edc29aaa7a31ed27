"""Which names the formulas of one rule may use, and which they do use."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.errors import FreeblockError, did_you_mean
from freeblock.formula.expression import CONSTANTS, number
from freeblock.language.formulas import names_in, to_expression, to_relation
from freeblock.language.nodes import Name, Node, Relation
from freeblock.rules.document import Problems
from freeblock.rules.rule import Parameter
from freeblock.rules.schema import ORDER, WIDTHS
from freeblock.source import Span

_TRIED_ORDERS = (1, 2, 3)


def symbol_place(name: str) -> str:
    """How a symbol is called among the places of a rule, where a parameter may have its name."""
    return f"symbol {name}"


class Scope:
    """The parameters and symbols of a rule; `used` collects the names its formulas use."""

    def __init__(
        self, parameters: Mapping[str, Parameter], symbols: Mapping[str, str], problems: Problems,
        of_images: tuple[str, ...] = (),
    ) -> None:
        self.parameters = parameters
        self.symbols = symbols
        self.problems = problems
        self.widths = (*WIDTHS, *of_images)
        self.used: set[str] = set()
        self.optional = [
            name for name, parameter in parameters.items() if parameter.optional and not parameter.ignored
        ]
        self.functions = {name for name, parameter in parameters.items() if parameter.of_x}
        self.always = {
            name for name, parameter in parameters.items()
            if not (parameter.optional or parameter.label or parameter.of_x)
        }

    def check(self, formula: Node | Relation | None, *extra: str) -> bool:
        """Check a formula over the parameters that are always there, the widths, and `extra` names."""
        return self._check(formula, {*self.always, *self.widths, *extra}, count=True)

    def check_names(self, formula: Node, *extra: str) -> bool:
        """Check the names of a function of x, which is no formula of numbers."""
        return self._names_are_known(formula, {*self.always, *extra}, count=True)

    def check_default(self, parameter: Parameter) -> None:
        """Check a default: over the parameters before it, the widths, and the symbols of the rule."""
        before: set[str] = set()
        for name in self.parameters:
            if name == parameter.name:
                break
            before.add(name)
        allowed = {*(before & self.always), *self.widths, *self.symbols}
        if parameter.default is not None:
            self._check(parameter.default, allowed, count=False)
            names = {name.name for name in names_in(parameter.default)}
            self.used |= names & before
            # A name that is no parameter yet is the symbol, even where a parameter is called alike.
            self.used |= {symbol_place(name) for name in names - before}

    def check_domain(self, parameter: Parameter) -> None:
        """Check a domain: over all parameters; it has to speak of its own one."""
        domain = parameter.domain
        if domain is None or not self._check(domain, {*self.always, parameter.name, *self.widths}, count=False):
            return
        if all(name.name != parameter.name for name in names_in(domain)):
            self.problems.add(f"the domain of `{parameter.name}` does not mention it", domain.span)

    def check_width(self, width: Node | None) -> None:
        """Check the width: it comes before fan_out, and so do the defaults it rests on."""
        if not self._check(width, {*self.always, "fan_in"}, count=True) or width is None:
            return
        seen: set[str] = set()
        waiting = names_in(width)
        while waiting:
            name = waiting.pop()
            if name.name == "fan_out":
                self.problems.add("the width rests on this, and fan_out is not known before it", name.span)
            if name.name in self.parameters and name.name not in seen:
                seen.add(name.name)
                default = self.parameters[name.name].default
                waiting.extend(names_in(default) if default is not None else ())

    def report_unused(self, places: Mapping[str, Span]) -> None:
        """Complain about every parameter and symbol that no formula uses."""
        for name, parameter in self.parameters.items():
            if name not in self.used and not (parameter.ignored or parameter.label):
                self.problems.add(
                    f"no formula uses the parameter `{name}`", places[name],
                    "say `ignored: …` with the reason if it has no effect",
                )
        for name in self.symbols:
            if symbol_place(name) not in self.used:
                self.problems.add(f"no default uses the symbol `{name}`", places[symbol_place(name)])

    def _check(self, formula: Node | Relation | None, allowed: set[str], *, count: bool) -> bool:
        if formula is None:
            return False
        sound = self._names_are_known(formula, allowed, count=count)
        return self._evaluates(formula) and sound

    def _names_are_known(self, formula: Node | Relation, allowed: set[str], *, count: bool) -> bool:
        sound = True
        for name in names_in(formula):
            if count:
                self.used.add(name.name)
            if name.name not in allowed and name.name not in CONSTANTS:
                sound = False
                self._complain(name, allowed)
        return sound

    def _complain(self, name: Name, allowed: set[str]) -> None:
        known = self.parameters.get(name.name)
        hint = None
        if known is None:
            close = did_you_mean(name.name, sorted(allowed))
            message = f"nothing is called `{name.name}` here"
            hint = f"did you mean `{close}`?" if close else f"known here: {', '.join(sorted(allowed))}"
            if name.name == "n":
                hint = "a rule knows its own widths only, fan_in and fan_out"
        elif known.of_x:
            message = f"`{name.name}` is a function, not a number"
        elif known.label:
            message = f"`{name.name}` is a label, not a number"
        elif known.ignored:
            message = f"the parameter `{name.name}` is said to be ignored"
        elif known.optional:
            message = f"the optional parameter `{name.name}` may be missing here"
            hint = f"say under `given: {name.name}:` what changes when it is there"
        else:
            message = f"the parameter `{name.name}` is not known here"
            hint = "a default may use the parameters written before it"
        self.problems.add(message, name.span, hint)

    def _evaluates(self, formula: Node | Relation) -> bool:
        """Try the formula at symbols (and small orders): functions, their arguments, division by zero."""
        try:
            orders = _TRIED_ORDERS if any(name.name == ORDER for name in names_in(formula)) else (1,)
            for order in orders:
                known = {ORDER: number(order)}
                if isinstance(formula, Relation):
                    to_relation(formula, known, free=True)
                else:
                    to_expression(formula, known, free=True)
        except FreeblockError as error:
            self.problems.add_error(error)
            return False
        return True

