"""Every component that can be named: ours, and the user's libraries laid over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from freeblock.errors import did_you_mean
from freeblock.rules.document import Problems, Scalar, Value
from freeblock.rules.entry import Entry, read_entry
from freeblock.rules.reader import read_entries
from freeblock.rules.rule import Rule
from freeblock.rules.shipped import shipped_rules
from freeblock.rules.torch import torch_advice
from freeblock.source import Source


class Catalogue:
    """Rules by name and by alias. Our own are built when they are first asked for."""

    def __init__(
        self,
        written: Mapping[str, tuple[Scalar, Value]],
        rules: Mapping[str, Rule],
        aliases: Mapping[str, str],
    ) -> None:
        self._written = written
        self._rules = dict(rules)
        self._aliases = aliases

    def find(self, name: str) -> Rule | None:
        """The rule of that name or alias, None where there is none.

        Raises ErrorList for a faulty rule of ours.
        """
        name = self._aliases.get(name, name)
        rule = self._rules.get(name)
        if rule is None and name in self._written:
            rule = self._rules[name] = _build(name)
        return rule

    def names(self) -> tuple[str, ...]:
        """The names of the rules, ours first, in the order they are written."""
        return tuple(dict.fromkeys((*self._written, *self._rules)))

    def aliases(self) -> Mapping[str, str]:
        """Alias → the name of its rule."""
        return dict(self._aliases)

    def functions(self) -> tuple[str, ...]:
        """The names of the components that are a function of each unit, and of nothing else that has to be said."""
        found = [rule for name in self.names() if (rule := self.find(name)) is not None]
        return tuple([rule.name for rule in found if not any(one.of_x for one in rule.parameters.values())
                      and (rule.jacobian.function or (rule.forward is not None and rule.forward.function))])

    def suggest(self, name: str) -> str | None:
        """A hint for a name that no rule has; None where nothing comes near it."""
        advice = torch_advice(name)
        if advice is not None:
            return advice
        close = did_you_mean(name, (*self.names(), *self._aliases))
        return f"did you mean `{close}`?" if close else None


def load_catalogue(libraries: Sequence[Source] = ()) -> Catalogue:
    """Our components with the libraries over them, each over those before it.

    Raises ErrorList of LibraryError, one for each problem of any library.
    """
    written = shipped_rules()
    aliases = dict(written.aliases)
    rules: dict[str, Rule] = {}
    problems = Problems()
    for library in libraries:
        entries = read_entries(library, problems)
        _check_names(entries, {*written, *rules}, aliases, problems)
        for name, entry in entries.items():
            rules[name] = entry.rule
            aliases.update((alias, name) for alias in entry.aliases)
    problems.raise_any()
    return Catalogue(written, rules, aliases)


def _check_names(
    entries: Mapping[str, Entry], names: set[str], aliases: Mapping[str, str], problems: Problems
) -> None:
    """A rule that replaces another says so, and one that says so replaces another."""
    for name, entry in entries.items():
        if name in aliases:
            problems.add(
                f"`{name}` is another name of `{aliases[name]}`", entry.rule.span,
                f"choose another name, or write `{aliases[name]}` with `override: true`",
            )
        elif name in names and entry.override is None:
            problems.add(
                f"there is a rule `{name}` already",
                entry.rule.span,
                "say `override: true` to put this one in its place",
            )
        elif name not in names and entry.override is not None:
            close = did_you_mean(name, names)
            problems.add(
                f"there is no rule `{name}` to override", entry.override,
                f"did you mean `{close}`?" if close else "leave `override` out",
            )
        for alias, span in entry.aliases.items():
            owner = alias if alias in names else aliases.get(alias, name)
            if owner != name:
                problems.add(f"the alias `{alias}` is a name of the rule `{owner}` already", span)


@cache
def _build(name: str) -> Rule:
    problems = Problems(ours=True)
    entry = read_entry(*shipped_rules()[name], problems)
    problems.raise_any()
    assert entry is not None
    return entry.rule
