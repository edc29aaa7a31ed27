"""Every mistake in a library is told at its place; all of them at once."""

from __future__ import annotations

import pytest
from rule_texts import SOUND, changed, problems, read

from freeblock.errors import ErrorList, LibraryError

MOMENTS = "p + (1 - p)*slope^(2*k)"
LAW = f"moments: {MOMENTS}"

MISTAKES = [
    # what is replaced, by what; then line, column, marked text, message
    ("title: A gate", "titel: A gate", (1, 1, "gate", "the rule `gate` lacks `title`"),
     (2, 3, "titel", "the rule `gate` has no key `titel`")),
    ("  source: direct calculation\n", "", (1, 1, "gate", "the rule `gate` lacks `source`")),
    ("source: direct calculation", "source: ''", (11, 3, "source", "`source` is empty")),
    ("kind: activation", "kind: activaton", (3, 9, "activaton", "`kind` cannot be `activaton`")),
    ("depends_on: sign", "depends_on: [sign]", (10, 15, "[sign]", "`depends_on` is one value, not several")),
    ("  depends_on: sign\n", "", (1, 1, "gate", "the rule `gate` lacks `depends_on`")),
    ("title: A gate", "kind: linear\n  title: A gate", (4, 3, "kind", "`kind` is written twice")),
    (MOMENTS, "p + (1 - p)*slop^(2*k)", (8, 26, "slop", "nothing is called `slop` here"),
     (6, 5, "slope", "no formula uses the parameter `slope`")),
    (MOMENTS, MOMENTS + " + n", (8, 40, "n", "nothing is called `n` here")),
    (MOMENTS, MOMENTS + " + foo(k)", (8, 40, "foo", "there is no function `foo`")),
    (MOMENTS, MOMENTS + " + sqrt(k, 2)", (8, 40, "sqrt(k, 2)", "`sqrt` takes 1 argument, not 2")),
    (MOMENTS, MOMENTS + " + 1/(k - 2)", (8, 41, "/(k - 2)", "division by zero")),
    (MOMENTS, MOMENTS + " + (p >> p)", (8, 40, "(p >> p)", "a block stands where a formula is expected")),
    (MOMENTS, "p <= slope", (8, 14, "p <= slope", "a comparison stands where a formula is expected")),
    (MOMENTS, f"'{MOMENTS} + z'", (8, 41, "z", "nothing is called `z` here")),
    (MOMENTS, f"|\n      {MOMENTS}\n      + slop", (10, 9, "slop", "nothing is called `slop` here")),
    (LAW, LAW + "\n    s_transform: 1", (9, 5, "s_transform", "the law is given twice: `moments` and `s_transform`")),
    (LAW, "first: p*slope", (8, 5, "first", "`first` needs `second`")),
    (LAW, "second: p*slope", (8, 5, "second", "`second` needs `first`")),
    (LAW, "measure: [[1, p], [slope, 1]]", (8, 5, "measure", "the weights add up to 1 + p, not to 1")),
    (LAW, "measure: [[1, 3/2], [p*slope, -1/2]]", (8, 35, "-1/2", "a value or weight of a measure is not negative")),
    (LAW, "measure: [[1, p, slope]]", (8, 15, "[1, p, slope]", "an atom is a value and its weight")),
    (LAW, "measure: []", (8, 5, "measure", "a measure needs an atom"),
     (5, 5, "p", "no formula uses the parameter `p`"), (6, 5, "slope", "no formula uses the parameter `slope`")),
    ("diagonal: true", "diagnal: true", (9, 14, "diagnal", "there is no trait `diagnal`")),
    ("diagonal: true", "diagonal: false", (9, 24, "false", "a trait that does not hold is left out")),
    ("diagonal: true", "isometric: fan_out", (9, 25, "fan_out", "a comparison is expected here")),
    ("0 <= p <= 1", "0 <= slope", (5, 67, "0 <= slope", "the domain of `p` does not mention it")),
    ("meaning: probability of being open, ", "", (5, 5, "p", "the parameter `p` lacks `meaning`")),
    ("default: 1/2", "default: 1/2, optional: true", (5, 23, "optional", "the parameter `p` has both `default` and `optional`"),
     (8, 14, "p", "the optional parameter `p` may be missing here"), (8, 23, "p", "the optional parameter `p` may be missing here")),
    ("default: 1/2", "default: slope", (5, 18, "slope", "the parameter `slope` is not known here")),
    ("default: 1/2", "default: min(1, 2)", (5, 21, "(", "unclosed `(`"), (5, 25, "2)", "the parameter `p` has no key `2)`")),
    ("default: 1/2", "whole: yes", (5, 16, "yes", "`whole` is true or false")),
    ("slope: {", "fan_in: {", (6, 5, "fan_in", "the name `fan_in` is reserved"),
     (8, 26, "slope", "nothing is called `slope` here")),
    ("slope: {", "k: {", (6, 5, "k", "the name `k` is reserved for a formula of the law"),
     (8, 26, "slope", "nothing is called `slope` here")),
    ("slope: {", "π2: {", (6, 5, "π2", "no formula uses the parameter `pi2`"),
     (6, 56, "slope", "nothing is called `slope` here"), (8, 26, "slope", "nothing is called `slope` here")),
    ("gate:", "serial:", (1, 1, "serial", "the name `serial` is reserved")),
    ("gate:", "9gate:", (1, 1, "9gate", "the name of a rule is a name")),
    ("kind: activation", "kind: activation\n  aliases: [gate]", (4, 13, "gate", "the alias `gate` is a name of the rule `gate` already")),
    ("kind: activation", "kind: activation\n  symbols: {s: scale}", (4, 13, "s", "no default uses the symbol `s`")),
    ("depends_on: sign", "depends_on: sign\n  shape: {width: fan_out}", (11, 18, "fan_out", "nothing is called `fan_out` here")),
    ("depends_on: sign", "depends_on: sign\n  given: {p: {moments: p}}", (11, 11, "p", "`given` needs an optional parameter, which `p` is not")),
    ("depends_on: sign", "depends_on: sign\n  sample: {sampler: haar}", (11, 12, "sampler", "the sampler `haar` needs `gain`")),
    ("depends_on: sign", "depends_on: sign\n  sample: {sampler: haar, gain: p, q: p}", (11, 36, "q", "the sampler `haar` has no parameter `q`")),
    ("depends_on: sign", "depends_on: sign\n  premises: [{name: x, statement: y, holds_if: often}]", (11, 48, "often", "`holds_if` cannot be `often`")),
    ("depends_on: sign", "depends_on: sign\n  premises: [{name: x, statement: y, holds_if: gaussian, unless: q}]", (11, 58, "unless", "there is no parameter `q`")),
    ("A gate", "&g A gate", (2, 10, "&g A gate", "anchors are not read")),
    ("A gate", "*g", (2, 10, "*g", "aliases are not read")),
    ("A gate", "!!python/name:os A gate", (2, 10, "!!python/name:os A gate", "tags are not read")),
    ("A gate", '"A \\e[31m gate"', (2, 10, '"A \\e[31m gate"', "`title` holds a character that cannot be shown")),
    ("title: A gate", "? [title]\n  : A gate", (2, 5, "[title]", "a name is expected before the colon"), (1, 1, "gate", "the rule `gate` lacks `title`")),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{number}" for number in range(len(MISTAKES))])
def test_mistake_is_told_at_its_place(mistake):
    old, new, *expected = mistake
    found = problems(changed(old, new))
    for line, column, marked, message in expected:
        assert any(
            (line, column, marked) == each[:3] and each[3].startswith(message) for each in found
        ), (expected, found)
    # What is replaced may have been the only use of a parameter.
    assert all(each[:3] in [row[:3] for row in expected] or "no formula uses" in each[3] for each in found), found


def test_sound_rule_has_no_problem():
    assert problems(SOUND) == []
    assert list(read(SOUND)) == ["gate"]


def test_transcript_with_caret():
    text = changed(MOMENTS, "p + (1 - p)*slop^(2*k) + slope")
    with pytest.raises(ErrorList) as caught:
        read(text)
    assert str(caught.value) == (
        "error: nothing is called `slop` here\n"
        "  --> mine.yaml:8:26\n"
        "   |\n"
        " 8 |     moments: p + (1 - p)*slop^(2*k) + slope\n"
        "   |                          ^^^^\n"
        "hint: did you mean `slope`?"
    )


def test_caret_after_greek_letters_and_on_a_second_rule():
    text = SOUND + SOUND.replace("gate:", "gate2:").replace("slope", "σ").replace("k)", "kk)")
    assert problems(text) == [(19, 31, "kk", "nothing is called `kk` here")]


def test_all_problems_at_once_in_the_order_of_the_text():
    text = changed("kind: activation", "kind: x").replace("p + (1", "q + (1").replace("diagonal", "diag")
    text += text.replace("gate:", "door:")
    found = problems(text)
    assert [(line, message) for line, _, _, message in found] == [
        (line + shift, message)
        for shift in (0, 11)
        for line, message in (
            (3, "`kind` cannot be `x`"), (8, "nothing is called `q` here"), (9, "there is no trait `diag`")
        )
    ]


def test_each_problem_is_a_library_error_with_exit_status_2():
    with pytest.raises(ErrorList) as caught:
        read(changed("kind: activation", "kind: x"))
    assert all(type(error) is LibraryError for error in caught.value.errors)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(("text", "place", "message"), [
    ("gate: [1, 2", (1, 12), "this is not YAML: "),
    ("gate:\n  title: a: b\n", (2, 11), "this is not YAML: "),
    ("gate:\n\ttitle: a\n", (2, 1), "this is not YAML: "),
    ("", (1, 1), "the library is empty"),
    ("# nothing\n", (1, 1), "the library is empty"),
    ("{}", (1, 1), "the library is empty"),
    ("- gate\n", (1, 1), "a library needs entries of the form `name: rule`"),
    ("gate", (1, 1), "a library needs entries of the form `name: rule`"),
    ("gate: 3\n", (1, 7), "the rule `gate` needs entries of the form `key: value`"),
    (SOUND + "---\n" + SOUND, (12, 1), "a library is one YAML document"),
    ("gate: \0", (1, 7), "the character U+0000 may not stand in a library"),
    ("gate: \ud800", (1, 7), "the character U+D800 may not stand in a library"),
    ("\ufeffgate: 3\n", (1, 8), "the rule `gate` needs entries of the form `key: value`"),
    ("gate: 3\r\n\r\nother: *x\r\n", (3, 8), "aliases are not read"),
])
def test_text_that_is_no_library(text, place, message):
    found = problems(text)
    assert any(each[:2] == place and each[3].startswith(message) for each in found), found


def test_a_default_of_the_width_may_not_rest_on_the_outputs():
    text = changed("default: 1/2", "default: fan_out").replace("  depends_on", "  shape: {width: p}\n  depends_on")
    assert problems(text) == [(5, 18, "fan_out", "the width rests on this, and fan_out is not known before it")]


def test_repeated_aliases_of_two_rules():
    text = SOUND.replace("kind", "aliases: [g]\n  kind") + SOUND.replace("gate:", "door:").replace("kind", "aliases: [g]\n  kind")
    assert problems(text) == [(15, 13, "g", "the alias `g` is a name of the rule `gate` already")]
