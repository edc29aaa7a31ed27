"""From a paper to its side file: what is current is kept, the rest is derived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from freeblock.errors import ErrorList, FreeblockError, OptionError
from freeblock.language.parser import parse_program
from freeblock.language.reading import read_source
from freeblock.report.latex_matrices import Matrices
from freeblock.report.latex_symbols import printed_names
from freeblock.report.letters import Letters
from freeblock.report.paper_notation import PaperNotation, joined, read_notation
from freeblock.report.symbol_use import SymbolUse, common_use, symbol_use
from freeblock.session import Progress, Result, derive_source
from freeblock.source import Source, Span
from freeblock.weave.blocks import Block, Blocks
from freeblock.weave.formulas import Formula, Print, write_formula
from freeblock.weave.notices import Notice
from freeblock.weave.paper import Paper
from freeblock.weave.sidefile import Entry, SideFile, digest, side_file_text
from freeblock.weave.tex import Stretch
from freeblock.weave.wishes import Options, Request

ERRORS = 20
"""So many mistakes are told at once."""


@dataclass(slots=True)
class Wish:
    """One formula to be looked up: a request for it, its block, and how that is derived."""

    request: Request
    block: Block
    options: Options
    network: str
    """The key of the derivation."""
    strict: bool = False
    """Whether some request for it fails where it is refused."""


@dataclass(slots=True)
class Woven:
    """The side file of a paper, and what is to be said of it."""

    text: str
    derived: int = 0
    kept: int = 0
    notices: list[Notice] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the mathematics says no somewhere."""
        return any(notice.fatal for notice in self.notices)


def _unwatched(done: int, total: int) -> None:
    """Progress that nobody looks at."""


class Weaver:
    """One paper being woven, over the side file that is there."""

    def __init__(
        self, paper: Paper, name: str, side: SideFile, *, library: Sequence[str] = (), assume: Sequence[str] = (),
        notation: PaperNotation | None = None,
    ) -> None:
        """`notation` comes before the paper's own.

        Raises FreeblockError kinds: definitions that cannot be read, names that nothing defines.
        """
        self._paper, self._name, self._side = paper, name, side
        self._errors: list[FreeblockError] = []
        # Standard input can be read once, and there are many networks.
        self._libraries = [read_source(path) for path in (*library, *self._own_files(paper.libraries, "library"))]
        self._assume = tuple(assume)
        files = self._own_files(paper.notations, "notation")
        self._letters = Letters(joined(map(read_notation, map(read_source, files)), notation or PaperNotation()))
        self._results: dict[str, Result] = {}
        self._wishes = self._read(Blocks(paper.pieces))

    def weave(self, progress: Progress = _unwatched) -> Woven:
        """Derive what is missing. Raises FreeblockError kinds with places in the paper."""
        uses = self._uses(progress)
        common = common_use(uses.values())
        self._letters.notation.check_names(common.used, "this paper")
        names = printed_names(common, self._letters)
        woven = Woven("", notices=list(self._paper.notices))
        entries = []
        for wish in self._wishes:
            with self._placed(wish):
                entry = self._side.entries.get(self._key(wish, uses, names))
                if entry is None:
                    entry = self._derived_entry(wish, uses, names)
                    woven.derived += 1
                else:
                    woven.kept += 1
                    entry = replace(entry, label=wish.request.label)
                entries.append(entry)
                woven.notices += _notices(wish, entry.formula)
        self._raise_errors()
        woven.text = side_file_text(self._name, self._letters, self._paper.pieces, uses, entries, self._inner())
        return woven

    def stale(self) -> list[Notice]:
        """Each formula that the side file lacks or has for another text; nothing is derived."""
        uses = {wish.network: self._side.uses.get(wish.network) for wish in self._wishes
                if wish.request.kind != "value"}
        known = {key: use for key, use in uses.items() if use is not None}
        names = printed_names(common_use(known.values()), self._letters)
        found, entries = [], []
        for wish in self._wishes:
            entry = None
            if wish.request.kind == "value" or wish.network in known:
                entry = self._side.entries.get(self._key(wish, known, names))
            if entry is not None and entry.label == wish.request.label:
                entries.append(entry)
                found += [notice for notice in _notices(wish, entry.formula) if notice.fatal]
                continue
            state = "is stale" if wish.request.label in self._side.labels else "is missing"
            found.append(Notice(f"this formula {state}", wish.request.name.span,
                                f"run `freeblock weave {self._name}`", fatal=True))
        text = side_file_text(self._name, self._letters, self._paper.pieces, known, entries, self._inner())
        if not found and text != self._side.text:
            found.append(Notice("the side file is not what weaving this paper writes",
                                Span(Source(self._name, ""), 0, 0), f"run `freeblock weave {self._name}`", fatal=True))
        return found

    def _inner(self) -> list[str]:
        """The names, as they are written, of the blocks whose JᵀJ is taken."""
        return list(dict.fromkeys(wish.request.written for wish in self._wishes if wish.options.side == "in"))

    def _own_files(self, stretches: Sequence[Stretch], what: str) -> Iterator[str]:
        for stretch in stretches:
            path = self._paper.inside(stretch.text)
            if path is None:
                raise OptionError(f"a {what} of a paper lies in its folder", stretch.span,
                                  f"name a file beside the paper, or use --{what}")
            if not path.is_file():
                raise OptionError(f"`{stretch.text}` is not found beside the paper", stretch.span,
                                  "check the spelling and the folder")
            yield str(path)

    def _read(self, blocks: Blocks) -> list[Wish]:
        wishes: dict[tuple[str, str, str], Wish] = {}
        for request in self._paper.requests:
            try:
                wish = wishes.get(request.label)
                if wish is None:
                    wish = wishes[request.label] = self._wish(request, blocks.find(request))
                if request.strict and not wish.strict:
                    wish.request, wish.strict = request, True  # a refusal is told where it is a failure
            except FreeblockError as error:
                self._note(error)
        self._raise_errors()
        return list(wishes.values())

    def _wish(self, request: Request, block: Block) -> Wish:
        whole, own = self._paper.options, block.piece.options
        values = dict(own.values)
        if request.kind == "value":
            values |= {name: formula.text for name, formula in request.settings.items()}
        options = Options(tuple(sorted({*self._assume, *whole.assume, *own.assume})),
                          whole.assume_free or own.assume_free, own.side, values)
        said = {name: symbol.text for name, symbol in self._letters.notation.symbols.items()}
        network = digest("network", block.program.text, block.name, options.assume, options.assume_free,
                         options.side, values, [source.text for source in self._libraries], said)
        return Wish(request, block, options, network)

    def _uses(self, progress: Progress) -> dict[str, SymbolUse]:
        """What the names of symbols depend on, for each derivation whose symbols the paper prints."""
        found: dict[str, SymbolUse] = {}
        for done, wish in enumerate(self._wishes):
            progress(done, len(self._wishes))
            with self._placed(wish):
                if wish.request.kind == "value":
                    if self._key(wish, {}, {}) not in self._side.entries:
                        self._result(wish)
                elif wish.network not in found:
                    found[wish.network] = self._side.uses.get(wish.network) or self._symbol_use(wish)
        self._raise_errors()
        return found

    def _symbol_use(self, wish: Wish) -> SymbolUse:
        derivation = self._result(wish).derivation
        return symbol_use(derivation, Matrices(derivation, self._letters).used)

    def _key(self, wish: Wish, uses: Mapping[str, SymbolUse], names: Mapping[str, str]) -> str:
        request = wish.request
        used = uses[wish.network].used if request.kind != "value" else ()
        printed = {name: names[name] for name in sorted(used)}
        narrow = request.kind == "derivation" and self._paper.narrow
        return digest(wish.network, request.kind, request.detail, request.argument, request.digits, narrow, printed)

    def _derived_entry(self, wish: Wish, uses: Mapping[str, SymbolUse], names: Mapping[str, str]) -> Entry:
        shown = Print(self._letters.notation, names)
        formula = write_formula(wish.request, self._result(wish), shown, narrow=self._paper.narrow)
        return Entry(wish.request.label, self._key(wish, uses, names), formula)

    def _result(self, wish: Wish) -> Result:
        known = self._results.get(wish.network)
        if known is None:
            options = wish.options
            known = self._results[wish.network] = derive_source(
                parse_program(wish.block.program), name=wish.block.name, library=self._libraries,
                values=dict(options.values), side=options.side, assume_free=options.assume_free,
                assume=options.assume)
        return known

    @contextmanager
    def _placed(self, wish: Wish) -> Iterator[None]:
        """Errors of a derivation are told with their places in the paper, and collected."""
        try:
            yield
        except ErrorList as error:
            for each in error.errors:
                self._note(_in_paper(each, wish, self._paper))
        except FreeblockError as error:
            self._note(_in_paper(error, wish, self._paper))

    def _note(self, error: FreeblockError) -> None:
        if str(error) not in map(str, self._errors):
            self._errors.append(error)
        if len(self._errors) >= ERRORS:
            self._raise_errors()

    def _raise_errors(self) -> None:
        if self._errors:
            raise self._errors[0] if len(self._errors) == 1 else ErrorList(self._errors)


def _in_paper(error: FreeblockError, wish: Wish, paper: Paper) -> FreeblockError:
    """The error with its place in a .tex file: in a definition, an option or an argument, or else at the request."""
    request, piece = wish.request, wish.block.piece
    places = {**paper.option_places, **piece.option_places, **request.settings}
    if error.span is None:
        named = [places[word] for word in _quoted(error.message) if word in places]
        error.span = (named[0] if named else request.place or request.name).span
        return error
    if error.span.source is wish.block.program:
        error.span = wish.block.in_paper(error.span)
        return error
    for place in places.values():
        if place.text == error.span.source.text:
            error.span = Span(place.source, place.start + error.span.start,
                              min(place.start + error.span.end, place.end))
            break
    return error


def _quoted(message: str) -> Sequence[str]:
    return message.split("`")[1::2]


def _notices(wish: Wish, formula: Formula) -> Iterator[Notice]:
    span = wish.request.name.span
    if formula.refused is not None:
        yield Notice(formula.refused, span, _hint(formula.hint), fatal=wish.strict)
    if formula.remark is not None:
        yield Notice(formula.remark, span)


def _hint(hint: str | None) -> str | None:
    """The options of the command line, said in the paper's way."""
    if hint is None:
        return None
    return hint.replace("add --assume ", r"write \freeblock[assume=").replace(" --assume ", ",assume=") + (
        "]{…}" if "--assume" in hint else "")
