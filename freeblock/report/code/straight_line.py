"""A formula as a program without branches: shared and long parts get a name, Σ and ∏ become loops.

A part is computed once, in the innermost loop whose index it holds, so the code is as long as the formula, whatever
parts it shares.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from freeblock.errors import LimitError
from freeblock.formula.arrangement import in_order
from freeblock.formula.expression import Base, Exponent, Expression, Function, Monomial, symbol
from freeblock.formula.functions import BOUND
from freeblock.formula.printing import ATOM, Notation, Printer
from freeblock.formula.rational import Rational
from freeblock.formula.sort_keys import base_key
from freeblock.formula.structure import is_nested
from freeblock.formula.traversal import index_name, symbols

WIDTH = 90
"""A longer piece of code gets a name."""
_SHORT = 24
"""A piece used twice gets one if it is longer than this."""
DEEPEST = 18
"""Python has no more loops inside one another than 20."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Assignment:
    """name = text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Loop:
    """name = the product or sum of `text` over index = lower … upper; `body` comes before `text` at each step."""

    name: str
    kind: str
    index: str
    lower: str
    upper: str
    body: list[Statement]
    text: str


Statement = Assignment | Loop


@dataclass(frozen=True, slots=True)
class Code:
    """Statements, and the text of the result."""

    statements: list[Statement]
    result: str


NotationOf = Callable[[Mapping[str, str]], Notation]
"""The notation in which symbols print as the given identifiers."""


def straight_line(expression: Expression, names: Mapping[str, str], notation_of: NotationOf,
                  taken: Collection[str] = (), spelled: Callable[[str], str] = str) -> Code:
    """The program of one formula; its own names are none of those of the symbols, nor of the `taken`."""
    scope = _Scope(names, notation_of, _Fresh({*names.values(), *taken}, spelled), None, None)
    result = scope.text(expression)
    return Code(*_tidied(scope.statements, result))


def _tidied(statements: list[Statement], result: str) -> tuple[list[Statement], str]:
    """Without what is not used in the end (a layout may have put it otherwise), nor a name for the result alone."""
    kept: list[Statement] = []
    used = Counter(_WORD.findall(result))
    for statement in reversed(statements):
        if not used[statement.name]:
            continue
        if isinstance(statement, Loop):
            body, text = _tidied(statement.body, statement.text)
            statement = replace(statement, body=body, text=text)
        elif not kept and result == statement.name:
            result = statement.text
            used = Counter(_WORD.findall(result))
            continue
        kept.append(statement)
        used.update(_words(statement))
    return kept[::-1], result


def _words(statement: Statement) -> list[str]:
    if isinstance(statement, Assignment):
        return _WORD.findall(statement.text)
    inner = [word for part in statement.body for word in _words(part)]
    return [*inner, *_WORD.findall(f"{statement.lower} {statement.upper} {statement.text}")]


class _Fresh:
    """Names for parts, numbered; a name that is taken is passed over."""

    def __init__(self, taken: set[str], spelled: Callable[[str], str]) -> None:
        self._taken, self._spelled = taken, spelled
        self._counts: dict[str, int] = {}
        self._indices: set[str] = set()

    def numbered(self, stem: str) -> str:
        while True:
            self._counts[stem] = self._counts.get(stem, 0) + 1
            name = f"{stem}{self._counts[stem]}"
            if name not in self._taken:
                return self._keep(name)

    def index(self, name: str, enclosing: Collection[str]) -> str:
        """Loops that are not inside one another may share the name of their index."""
        wanted = self._spelled(name)
        if wanted in self._taken and (wanted not in self._indices or wanted in enclosing):
            wanted = self.numbered("step")
        self._indices.add(wanted)
        return self._keep(wanted)

    def _keep(self, name: str) -> str:
        self._taken.add(name)
        return name


class _Scope:
    """What is computed at one place: the function itself, or the body of a loop."""

    def __init__(self, names: Mapping[str, str], notation_of: NotationOf, fresh: _Fresh, parent: _Scope | None,
                 index: str | None) -> None:
        self._names, self._notation_of, self._fresh = names, notation_of, fresh
        self._parent, self._index = parent, index
        self._counters: frozenset[str] = frozenset() if parent is None else parent._counters | {names[index or ""]}
        self._printer = Printer(notation_of(names))
        self._plain: dict[Expression, Expression] = {}
        """Every part seen, with names in the place of its loops."""
        self._loops: dict[Function, Base] = {}
        self._uses: dict[Expression, int] = {}
        self.statements: list[Statement] = []

    def text(self, expression: Expression) -> str:
        """The code of a formula here, after the statements it needs."""
        order = _parts(expression)
        for part in order:
            for inner in _inside(part):
                self._uses[inner] = self._uses.get(inner, 0) + 1
        for part in order:
            home = self._home(part)
            if part not in home._plain:
                home._finish(part, self._uses.get(part, 0) > 1, home is not self)
        return self._printer.piece(self._known(expression))[0]

    def _home(self, part: Expression) -> _Scope:
        """The innermost loop on which a part depends."""
        scope, free = self, symbols(part)
        while scope._parent is not None and scope._index not in free:
            scope = scope._parent
        return scope

    def _known(self, part: Expression) -> Expression:
        """A part that is finished, ready to be printed here."""
        home = self._home(part)
        plain = home._plain[part]
        if home is not self and self._printer.atom(plain) is None:
            self._printer.done[plain] = home._printer.piece(plain)
        return plain

    def _finish(self, part: Expression, shared: bool, hoisted: bool) -> None:
        plain = self._plain[part] = self._without_loops(part)
        if self._printer.atom(plain) is not None:
            return
        text = self._printer.piece(plain)[0]
        if len(text) > WIDTH or (shared and len(text) > _SHORT) or (hoisted and is_nested(part)):
            name = self._fresh.numbered("part")
            self.statements.append(Assignment(name, text))
            self._printer.done[plain] = (name, ATOM)

    def _without_loops(self, part: Expression) -> Expression:
        if not is_nested(part):
            return part
        terms: dict[Monomial, Rational] = {}
        for monomial, coefficient in in_order(part):
            factors = [(self._base(base), self._exponent(exponent)) for base, exponent in _factors(monomial)]
            terms[frozenset(factors)] = coefficient
        return Expression(terms)

    def _exponent(self, exponent: Exponent) -> Exponent:
        return self._known(exponent) if isinstance(exponent, Expression) else exponent

    def _base(self, base: Base) -> Base:
        if isinstance(base, Expression):
            return self._known(base)
        if not isinstance(base, Function):
            return base
        if base.name not in BOUND:
            return Function(base.name, tuple(self._known(argument) for argument in base.arguments))
        home = self._home(Expression({frozenset(((base, 1),)): 1}))
        if base not in home._loops:
            home._loops[base] = home._loop(base)
        return home._loops[base]

    def _loop(self, form: Function) -> Base:
        if len(self._counters) >= DEEPEST:
            raise LimitError(f"more than {DEEPEST} sums and products over indices inside one another",
                             hint="export a block with fewer indices")
        index, body, lower, upper = form.arguments
        name = index_name(index)
        counter = self._fresh.index(name, self._counters)
        inner = _Scope({**self._names, name: counter}, self._notation_of, self._fresh, self, name)
        text = inner.text(body)
        result = self._fresh.numbered(form.name)
        bounds = [self._printer.piece(self._known(bound))[0] for bound in (lower, upper)]
        self.statements.append(Loop(result, form.name, counter, bounds[0], bounds[1], inner.statements, text))
        ((monomial, _),) = symbol(result).terms.items()
        ((base, _),) = monomial
        return base


def _factors(monomial: Monomial) -> list[tuple[Base, Exponent]]:
    """In an order that is the same in every run."""
    return sorted(monomial, key=lambda factor: base_key(factor[0]))


def _inside(part: Expression) -> Iterator[Expression]:
    """What is directly inside; of a loop, its bounds."""
    for monomial, _ in in_order(part) if is_nested(part) else ():
        for base, exponent in _factors(monomial):
            if isinstance(base, Expression):
                yield base
            elif isinstance(base, Function):
                yield from base.arguments[2:] if base.name in BOUND else base.arguments
            if isinstance(exponent, Expression):
                yield exponent


def _parts(expression: Expression) -> list[Expression]:
    """All distinct parts but those inside loops, each after those inside it."""
    order: list[Expression] = []
    seen: set[Expression] = set()
    waiting = [(expression, False)]
    while waiting:
        part, done = waiting.pop()
        if done:
            order.append(part)
        elif part not in seen:
            seen.add(part)
            waiting.append((part, True))
            waiting.extend((inner, False) for inner in reversed(list(_inside(part))))
    return order
