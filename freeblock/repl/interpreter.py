"""Answers inputs: statements are derived and live on, commands do what they say, mistakes are told."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from freeblock.calculus.premises import PREMISE_NAMES
from freeblock.errors import ErrorList, FreeblockError, OptionError
from freeblock.formula.notations import UNICODE
from freeblock.formula.printing import print_expression
from freeblock.language.nodes import Assume, Definition, ExpressionStatement, Input, Let
from freeblock.language.parser import parse_program
from freeblock.network.network import Network
from freeblock.repl.conversation import Conversation
from freeblock.repl.program import Composition, Said, Spoken
from freeblock.report.screen import screen_report
from freeblock.session import Result, derive_source, read_network
from freeblock.source import Source

Found = TypeVar("Found")
LEAST_WIDTH = 20
"""Columns that are used on any screen."""

_OPTION = re.compile(r"--(assume|set|order|library)\b")
_IDENTITY = "id"


class Interpreter:
    """Derives what a conversation says. It is loaded behind the first prompt, since the mathematics is."""

    def __init__(self, talk: Conversation) -> None:
        self.talk = talk
        self._derived: tuple[Spoken, Result] | None = None

    def enter(self, source: Source, *, is_file: bool = False) -> int:
        """Take the statements of a text, all or none; the exit status. Raises FreeblockError kinds.

        The last expression is derived, and shown; where there is none in it, the last one before it.
        """
        said = [Said(statement) for statement in parse_program(source).statements]
        asked = any(isinstance(one.statement, ExpressionStatement) for one in said)
        spoken = self.talk.spoken
        if is_file and not asked and any(isinstance(one.statement, (Definition, Let)) for one in said):
            spoken = replace(spoken, asked=None)
        what = f":load {source.name}" if is_file else source.text.strip()
        return self.go_on(spoken, said, what, shown=asked or is_file) if said else 0

    def go_on(self, spoken: Spoken, said: list[Said], what: str, *, shown: bool = False) -> int:
        """Add statements to those in force, if all holds; show the block, or what became of the statements."""
        told = []
        for one in said:
            known = isinstance(one.statement, (Definition, Let)) and spoken.definition(one.statement.name)
            spoken = spoken.with_statement(one)
            told.append((one, bool(known)))
        defining = all(isinstance(one.statement, (Definition, Let)) for one in said)
        if (shown and spoken.block) or (spoken.asked and not defining):
            result = self.derived(spoken)
            self.talk.accept(spoken, what)
            return self.show(result)
        lines = [self._told(spoken, one, again) for one, again in told]
        if spoken.asked is not None and self._fails(spoken):
            lines.append("the last expression does not hold any more, and is forgotten")
            spoken = replace(spoken, asked=None)
        self.talk.accept(spoken, what)
        print("\n".join(lines))
        return 0

    def change(self, spoken: Spoken, command: Source, text: str) -> int:
        """Go on in another way, if the last expression can be derived so; show it."""
        result = self.derived(spoken) if spoken.asked else None
        self.talk.accept(spoken, command.text.strip())
        print(text)
        return self.show(result) if result else 0

    def derived(self, spoken: Spoken | None = None) -> Result:
        """The derivation of the block that was asked for. Raises FreeblockError kinds, OptionError for no block."""
        spoken = spoken or self.talk.spoken
        if spoken.block is None:
            raise OptionError("there is no block yet", hint="type one, for example (dense >> relu)^L")
        if self._derived is None or self._derived[0] != spoken:
            text = Composition(spoken)
            try:
                result = derive_source(text.program, order=spoken.order, library=self.talk.libraries,
                                       assume=self._premises(spoken, text))
            except FreeblockError as error:
                raise text.told(error) from None
            self._derived = (spoken, result)
        return self._derived[1]

    def found(self, work: Callable[..., Found], **options: Any) -> Found:
        """What a function of programs finds of the block that was asked for. Raises as `derived` does."""
        self.derived()
        text = Composition(self.talk.spoken)
        try:
            return work(text.program, library=self.talk.libraries, **options)
        except FreeblockError as error:
            raise text.told(error) from None

    def premises(self) -> tuple[str, ...]:
        """The assumed hypotheses that the block in force has."""
        return self._premises(self.talk.spoken, Composition(self.talk.spoken)) if self.talk.spoken.block else ()

    def show(self, result: Result) -> int:
        """Print a result; status 1 where φ itself is refused."""
        print(in_commands(screen_report(result.derivation, width())).rstrip())
        return 0 if result.derivation.given >= 1 else 1

    def _premises(self, spoken: Spoken, text: Composition) -> tuple[str, ...]:
        """The assumed hypotheses; those of a user's component only where the network has it."""
        if set(spoken.premises) <= set(PREMISE_NAMES):
            return spoken.premises
        known = {*PREMISE_NAMES, *read_network(text.program, library=self.talk.libraries).premise_names}
        return tuple(name for name in spoken.premises if name in known)

    def _network(self, spoken: Spoken, name: str | None) -> Network:
        """The network of a definition; without a name only the statements are looked at."""
        text = Composition(spoken, Said(parse_program(Source("input", _IDENTITY)).statements[0]))
        try:
            return read_network(text.program, name=name, library=self.talk.libraries)
        except FreeblockError as error:
            raise text.told(error) from None

    def _fails(self, spoken: Spoken) -> bool:
        try:
            read_network(Composition(spoken).program, library=self.talk.libraries)
        except FreeblockError:
            return True
        return False

    def _told(self, spoken: Spoken, said: Said, again: bool) -> str:
        """What became of a statement that shows no result. Raises FreeblockError kinds where it does not hold."""
        statement = said.statement
        if isinstance(statement, (Definition, Let)):
            plain = isinstance(statement, Let) or not statement.parameters
            block = self._network(spoken, statement.name if plain else None).block
            verb = "defined anew" if again else "defined"
            if not plain:
                return f"{statement.name} is {verb}"
            rows, columns = (print_expression(size, UNICODE) for size in (block.rows, block.columns))
            return f"{statement.name} is {verb}: {rows} outputs by {columns} inputs"
        self._network(spoken, None)
        if isinstance(statement, Input):
            return f"the input is said: {said.text}"
        assert isinstance(statement, Assume)
        return f"from now on: {said.text}"


def in_commands(text: str) -> str:
    """A text that names options of the command line, with the commands that stand for them here."""
    return _OPTION.sub(r":\1", text).replace("`freeblock library`", "`:library`")


def tell(error: FreeblockError) -> None:
    """Print a mistake on the error stream, after what was printed before it."""
    for one in error.errors if isinstance(error, ErrorList) else (error,):
        if one.hint is not None:
            one.hint = in_commands(one.hint)
    sys.stdout.flush()
    print(error, file=sys.stderr, flush=True)


def width() -> int:
    """The columns of the screen."""
    return max(LEAST_WIDTH, shutil.get_terminal_size().columns)
