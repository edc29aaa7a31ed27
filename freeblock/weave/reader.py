"""One .tex file read: its definitions, requests, included files and package options, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from freeblock.errors import LanguageError, OptionError
from freeblock.language.names import spell
from freeblock.source import Source
from freeblock.weave.tex import Command, Stretch, Tex
from freeblock.weave.wishes import (
    DEFAULT_CONDITION,
    DEFAULT_DIGITS,
    DETAILS,
    MOST_DIGITS,
    QUANTITIES,
    Options,
    Piece,
    Request,
    choice,
    pairs,
    unblanked,
)

_PIECE_KEYS = frozenset({"show", "assume", "assume-free", "side", "set"})
_PACKAGE_KEYS = frozenset({"library", "notation", "assume", "assume-free", "narrow"})
_SIDES = ("out", "in")
_PACKAGE = "freeblock"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An `\\input` or `\\include`."""

    name: Stretch
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """What `\\usepackage[…]{freeblock}` says for the whole paper."""

    libraries: tuple[Stretch, ...]
    notations: tuple[Stretch, ...]
    options: Options
    places: dict[str, Stretch]
    narrow: bool
    """Whether derivations stand in a column of a page with two."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the whole document."""


Item = Piece | Request | Inclusion | PackageOptions | End


def read_items(source: Source) -> Iterator[Item]:
    """What a file holds for us. Raises LanguageError, OptionError and UnknownNameError with their places in it."""
    tex = Tex(source)
    for command in tex.commands():
        if command.name == "endinput":
            return
        if command.name == "end":
            if tex.source.text.startswith("{document}", tex.place):
                yield End()
                return
            continue
        reader = _READERS.get(command.name)
        if reader is not None:
            yield from reader(tex, command)


def _package(tex: Tex, command: Command) -> Iterator[Item]:
    option, names = tex.spaced_option(), tex.argument()
    if names is None or _PACKAGE not in {name.text for name in names.parts()}:
        return
    files: dict[str, list[Stretch]] = {"library": [], "notation": []}
    assumed: list[str] = []
    places: dict[str, Stretch] = {}
    free = narrow = False
    for key, head, value in pairs(option, _PACKAGE_KEYS):
        if key in files and value is not None:
            files[key].append(value)
        elif value is not None:
            assumed.append(value.text)
            places[value.text] = value
        else:
            free, narrow = free or key == "assume-free", narrow or key == "narrow"
            places[key] = head
    yield PackageOptions(tuple(files["library"]), tuple(files["notation"]),
                         Options(tuple(assumed), free), places, narrow)


def _begin(tex: Tex, command: Command) -> Iterator[Item]:
    if command.environment != _PACKAGE:
        return
    option = tex.option()
    body = tex.up_to(rf"\end{{{_PACKAGE}}}")
    if body is None:
        raise LanguageError("this environment is never closed", command.span, rf"put \end{{{_PACKAGE}}} behind it")
    yield _piece(body, option)


def _definition(tex: Tex, command: Command) -> Iterator[Item]:
    option = tex.option()
    opening = tex.place
    if not tex.source.text.startswith("{", opening):
        raise LanguageError(r"\freeblock needs a definition", command.span, r"write \freeblock{name = block}")
    tex.place += 1
    body = tex.up_to("}")
    if body is None:
        raise LanguageError("this `{` is never closed", Stretch(tex.source, opening, opening + 1).span,
                            "put `}` behind the definition")
    yield _piece(body, option)


def _piece(body: Stretch, option: Stretch | None) -> Piece:
    for brace in "{}":
        place = body.text.find(brace)
        if place >= 0:
            start = body.start + place
            raise LanguageError("there are no braces in a definition", Stretch(body.source, start, start + 1).span,
                                "group with parentheses, and write names without a backslash")
    shown = free = False
    side, assumed, values = "out", [], {}
    places: dict[str, Stretch] = {}
    for key, head, value in pairs(option, _PIECE_KEYS):
        if value is None:
            shown, free = shown or key == "show", free or key == "assume-free"
            places[key] = head
        elif key == "assume":
            assumed.append(value.text)
            places[value.text] = value
        elif key == "side":
            side = choice("side", value, _SIDES)
        else:
            name, formula = _setting(value)
            if name in values:
                raise OptionError(f"`{name}` is set twice", value.span, "keep one of the two")
            values[name], places[name] = formula.text, formula
    return Piece(body, Options(tuple(assumed), free, "in" if side == "in" else "out", values), places, shown)


def _setting(value: Stretch) -> tuple[str, Stretch]:
    name, formula = value.halves()
    if formula is None or not formula.text or not name.text:
        raise OptionError(f"`{value.text}` is not of the form NAME=FORMULA", value.span,
                          "for example sigma_w=sqrt(2)")
    return spell(name.text), formula


def _argument(tex: Tex, command: Command, what: str) -> Stretch:
    found = tex.argument()
    if found is None:
        raise LanguageError(rf"\{command.name} needs {what}", command.span, rf"write \{command.name}{{name}}")
    found = _literal(found, command)
    if not found.text:
        raise LanguageError(rf"\{command.name} needs {what}", command.span, "the braces are empty")
    return found


def _literal(stretch: Stretch, command: Command) -> Stretch:
    """An argument that is no parameter of a macro."""
    if "#" in stretch.text:
        raise LanguageError("weaving reads a paper as it is written and does not carry out macros",
                            stretch.stripped().span,
                            rf"write \{command.name} with the name itself where the formula stands")
    return stretch.stripped()


def _option(tex: Tex, command: Command) -> Stretch | None:
    found = tex.spaced_option()
    return found if found is None else _literal(found, command)


def _name(tex: Tex, command: Command) -> Stretch:
    return _argument(tex, command, "the name of a block in braces")


def _formula(tex: Tex, command: Command) -> Iterator[Item]:
    kind: Any = command.name.removeprefix("fb")
    yield Request(kind, _name(tex, command), "", detail=kind)


def _condition(tex: Tex, command: Command) -> Iterator[Item]:
    option = _option(tex, command)
    name = _name(tex, command)
    symbol = _argument(tex, command, "the symbol to solve for in a second pair of braces")
    written = DEFAULT_CONDITION if option is None else unblanked(option.text)
    yield Request("condition", name, f"{unblanked(symbol.text)};{written}",
                  {} if option is None else {"condition": option}, unblanked(symbol.text), symbol)


def _value(tex: Tex, command: Command) -> Iterator[Item]:
    option = _option(tex, command)
    name = _name(tex, command)
    argument = _optional_argument(tex, command)
    quantity, digits = "phi", DEFAULT_DIGITS
    for item in option.parts() if option is not None else ():
        head, value = item.halves()
        if head.text == "digits" and value is not None:
            digits = _digits(value)
        else:
            quantity = choice("quantity", item, QUANTITIES)
    settings: dict[str, Stretch] = {}
    for item in argument.parts():
        symbol, formula = _setting(item)
        if symbol in settings:
            raise OptionError(f"`{symbol}` is set twice", item.span, "keep one of the two")
        settings[symbol] = formula
    # LaTeX knows the optional argument as it is written, so that is what the number is looked up by.
    written = QUANTITIES[0] if option is None else unblanked(option.text)
    yield Request("value", name, f"{unblanked(argument.text)};{written}", settings, quantity, argument, digits)


def _optional_argument(tex: Tex, command: Command) -> Stretch:
    found = tex.argument()
    if found is None:
        raise LanguageError(rf"\{command.name} needs the values of the symbols in a second pair of braces",
                            command.span, rf"write \{command.name}{{name}}{{sigma_w=1}}, or {{}} for no symbol")
    return found.stripped()


def _digits(value: Stretch) -> int:
    if not value.text.isascii() or not value.text.isdigit() or not 1 <= int(value.text[:4]) <= MOST_DIGITS:
        raise OptionError(f"the digits are a whole number from 1 to {MOST_DIGITS}, not `{value.text}`", value.span)
    return int(value.text)


def _derivation(tex: Tex, command: Command) -> Iterator[Item]:
    option = _option(tex, command)
    detail = DETAILS[-1] if option is None else choice("detail of a derivation", option, DETAILS)
    yield Request("derivation", _name(tex, command), detail, detail=detail, strict=False)


def _table(tex: Tex, command: Command) -> Iterator[Item]:
    option = _option(tex, command)
    columns = list(option.parts()) if option is not None else []
    kinds = [choice("column", column, QUANTITIES) for column in columns] or list(QUANTITIES)
    for row in _argument(tex, command, "the names of blocks in braces").parts():
        name, _ = row.halves()
        for kind in kinds:
            known: Any = kind
            yield Request(known, name, "", detail=kind, strict=False)


def _inclusion(tex: Tex, command: Command) -> Iterator[Item]:
    name = tex.argument() or (tex.word() if command.name == "input" else None)
    if name is not None and name.text.strip() and "#" not in name.text:
        yield Inclusion(name.stripped(), (".tex", "") if command.name == "input" else (".tex",))


_READERS: dict[str, Callable[[Tex, Command], Iterator[Item]]] = {
    "usepackage": _package, "RequirePackage": _package, "begin": _begin, "freeblock": _definition,
    "fbphi": _formula, "fbvariance": _formula, "fbkappa": _formula, "fbcondition": _condition, "fbvalue": _value,
    "fbderivation": _derivation, "fbtable": _table, "input": _inclusion, "include": _inclusion,
}
