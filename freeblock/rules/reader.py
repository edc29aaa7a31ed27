"""Reading a library of component rules: everything wrong with it is reported at once."""

from __future__ import annotations

from freeblock.rules.document import Mapping, Problems, Scalar, Unreadable, Value
from freeblock.rules.entry import Entry, read_entry
from freeblock.rules.rule import Rule
from freeblock.rules.schema import RULES
from freeblock.rules.yaml_reader import read_document
from freeblock.source import Source, Span


def read_library(source: Source) -> dict[str, Rule]:
    """The rules of a library, by name. Raises ErrorList of LibraryError, one for each problem."""
    problems = Problems()
    entries = read_entries(source, problems)
    problems.raise_any()
    return {name: entry.rule for name, entry in entries.items()}


def read_entries(source: Source, problems: Problems) -> dict[str, Entry]:
    """The entries of a library; what is wrong with them is noted in `problems`.

    Raises ErrorList where the text is no YAML that could be read.
    """
    entries: dict[str, Entry] = {}
    for key, value in read_rules(source, problems).values():
        entry = read_entry(key, value, problems)
        if entry is None:
            continue
        name = entry.rule.name
        if name in entries:
            problems.add(f"the rule `{name}` is written twice", key.span)
        else:
            entries[name] = entry
    _refuse_repeated_aliases(entries, problems)
    return entries


def read_rules(source: Source, problems: Problems) -> dict[str, tuple[Scalar, Value]]:
    """The rules as they are written, by name. Raises ErrorList where the text is no YAML."""
    root = read_document(source, problems)
    if isinstance(root, Mapping):
        if not root.entries and not problems.errors:
            problems.add("the library is empty", root.span)
        if len(root.entries) > RULES:
            problems.add(f"the library has more than {RULES} rules", root.span)
            problems.raise_any()
        return root.entries
    if root is None or (isinstance(root, Scalar) and not root.text):
        problems.add("the library is empty", Span(source, 0, 0), "it holds entries of the form `name: rule`")
    elif not isinstance(root, Unreadable):
        problems.add("a library needs entries of the form `name: rule`", root.span)
    return {}


def _refuse_repeated_aliases(entries: dict[str, Entry], problems: Problems) -> None:
    owners = {name: name for name in entries}
    for name, entry in entries.items():
        for alias, span in entry.aliases.items():
            owner = owners.setdefault(alias, name)
            if owner != name or alias == name:
                problems.add(f"the alias `{alias}` is a name of the rule `{owner}` already", span)
