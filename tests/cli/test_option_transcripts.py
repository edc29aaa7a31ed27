"""What a person is told about options and commands that cannot be used."""

import pytest
from command_line import read_mistake, run

from freeblock.cli import COMMANDS

KEEP = "keep one of the two"
SYMBOL = "set a symbol of the expression"
FORM = "for example --set sigma_w=sqrt(2)"
HELP = "see `freeblock derive --help`"

# arguments after `derive dense`, message, hint
OPTIONS = [
    (["--frmat", "json"], "No such option '--frmat'. Did you mean '--format'?", HELP),
    (["--format", "pdf"], "Invalid value for '--format': 'pdf' is not one of 'latex', 'text', 'markdown', 'json', 'unicode'.", HELP),
    (["--steps", "all"], "Invalid value for '--steps': 'all' is not one of 'none', 'summary', 'full'.", HELP),
    (["--order", "0"], "Invalid value for '--order': 0 is not in the range 1<=x<=12.", HELP),
    (["--order", "99"], "Invalid value for '--order': 99 is not in the range 1<=x<=12.", HELP),
    (["--order", "x"], "Invalid value for '--order': 'x' is not a valid integer range.", HELP),
    (["--side", "up"], "Invalid value for '--side': 'up' is not one of 'out', 'in'.", HELP),
    (["--require", "phi"], "Invalid value for '--require': 'phi' is not 'variance'.", HELP),
    (["relu"], "Got unexpected extra argument (relu)", HELP),
    (["--document", "--format", "text"], "--document is a LaTeX document", "leave --format out"),
    (["--document", "--format", "json"], "--document is a LaTeX document", "leave --format out"),
    (["--assume", "independent-pattern"], "no hypothesis is called `independent-pattern`", "did you mean `independent-patterns`?"),
    (["--name", "net"], "no definition is called `net`", "the text defines no name"),
    (["-o", ""], "-o needs the name of a file", "leave -o out to print the result"),
    (["--set", "sigma_w"], "`sigma_w` is not of the form NAME=FORMULA", FORM),
    (["--set", "sigma_w="], "`sigma_w=` is not of the form NAME=FORMULA", FORM),
    (["--set", "=3"], "`=3` is not of the form NAME=FORMULA", FORM),
    (["--set", "sigma_w=2", "--set", "sigma_w=3"], "`sigma_w` is set twice", KEEP),
    (["--set", "σ_w=2", "--set", "sigma_w=3"], "`sigma_w` is set twice", KEEP),
    (["--set", "pi=3"], "`pi` has a fixed meaning and cannot be set", SYMBOL),
    (["--set", "e=3"], "`e` has a fixed meaning and cannot be set", SYMBOL),
    (["--set", "fan_in=3"], "`fan_in` has a fixed meaning and cannot be set", SYMBOL),
    (["--set", "relu=3"], "`relu` is a component and cannot be set", SYMBOL),
    (["--set", "sigma_w=relu"], "`sigma_w` is set to a formula, and `relu` is a block", "write sigma_w=NUMBER, or a formula in other symbols"),
    (["--set", "sigma_w=1/fan_in"], "`sigma_w` is set to a formula, and `fan_in` is a width of some component", "write sigma_w=NUMBER, or a formula in other symbols"),
    (["--set", "sigma_v=3"], "`sigma_v` does not occur in the expression", "did you mean `sigma_w`?"),
    (["--set", "xyz=3"], "`xyz` does not occur in the expression", "set a symbol that occurs there"),
    (["--set", "2=3"], "`2` is not a name", "write --set NAME=FORMULA"),
    (["--set", "a b=3"], "`a b` is not a name", "write --set NAME=FORMULA"),
    (["--set", "n=0"], "`n`, the number of input coordinates, must be at least 1, not 0", "write a whole number such as 64, or a symbol"),
    (["--set", "n=-3"], "`n`, the number of input coordinates, must be at least 1, not -3", "write a whole number such as 64, or a symbol"),
    (["--set", "n=5/2"], "`n`, the number of input coordinates, must be a whole number, not 5/2", "write a whole number such as 64, or a symbol"),
]


@pytest.mark.parametrize(("options", "message", "hint"), OPTIONS, ids=[" ".join(row[0]) for row in OPTIONS])
def test_options(options, message, hint):
    outcome = run("derive", "dense", *options)
    assert outcome.status == 2
    mistake = outcome.mistake
    assert (mistake.message, mistake.hint) == (message, hint)


# a formula given to --set, column, the text over the carets, message, hint
FORMULAS = [
    ("2<3", 1, "2<3", "`sigma_w` is set to a formula, not to a comparison", "write sigma_w=FORMULA"),
    ("2+", 2, "+", "expected a block or a formula after `+`", None),
    ("1 + sqt(2)", 5, "sqt", "there is no function `sqt`", "did you mean `sqrt`?"),
    ("1/0", 2, "/0", "division by zero", "divide by a number that is not 0, or by a symbol"),
    ("2^3^4", 4, "^", "a power of a power needs parentheses", "write `2^(3^4)` or `(2^3)^4`"),
    ("9^(9^(9^9))", 3, "(9^(9^9))", "an exponent is at least 10^300", "write a symbol in its place"),
    ("τ² + 1", 2, "²", "unexpected `²` (superscript two, U+00B2)", None),
    ("serial[l=1..2](dense)", 1, "serial[l=1..2](dense)", "a block stands where a formula is expected", None),
]


@pytest.mark.parametrize(("formula", "column", "marked", "message", "hint"), FORMULAS, ids=[row[0] for row in FORMULAS])
def test_formulas_of_settings(formula, column, marked, message, hint):
    outcome = run("derive", "dense", "--set", f"sigma_w={formula}")
    assert outcome.status == 2
    mistake = outcome.mistake
    assert (mistake.source, mistake.line, mistake.column, mistake.marked) == ("--set sigma_w", 1, column, marked)
    assert mistake.message == message
    assert hint is None or mistake.hint == hint


def test_a_value_outside_its_domain_points_at_its_use():
    mistake = run("derive", "dense >> dropout", "--set", "keep=2").mistake
    assert mistake.message == "`keep` of `dropout` is outside its domain: it must satisfy 0 < keep <= 1"
    assert (mistake.column, mistake.marked, mistake.hint) == (10, "dropout", "here that reads 2 <= 1")
    mistake = run("derive", "dense^L", "--set", "L=1/2").mistake
    assert mistake.message == "a block is repeated a whole number of times, not 1/2"
    assert (mistake.column, mistake.marked) == (7, "L")


def test_hypotheses_that_are_not_known_are_listed():
    mistake = run("derive", "dense", "--assume", "xyz").mistake
    assert mistake.hint.startswith("known are ") and "independent-patterns" in mistake.hint


COMMANDS = [
    (["derv", "dense"], "no command is called `derv`", "did you mean `derive`?"),
    (["foo"], "no command is called `foo`", f"the commands are {', '.join(COMMANDS)}"),
    (["derive"], "Missing argument 'EXPR|FILE|-'.", HELP),
    (["library", "rel"], "no component is called `rel`", "did you mean `relu`?"),
    (["library", "zzz"], "no component is called `zzz`", "see `freeblock library`"),
    (["library", "relu", "extra"], "Got unexpected extra argument (extra)", "see `freeblock library --help`"),
    (["check", "dense", "--width", "4"], "Invalid value for '--width': 4 is not in the range 8<=x<=4096.", "see `freeblock check --help`"),
    (["check", "dense", "--seed", "-1"], "Invalid value for '--seed': -1 is not in the range 0<=x<=18446744073709551615.", "see `freeblock check --help`"),
    (["check", "dense(m)"], "`m` needs a number", "add --set m=NUMBER"),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), COMMANDS, ids=[" ".join(row[0]) for row in COMMANDS])
def test_commands(arguments, message, hint):
    outcome = run(*arguments)
    assert outcome.status == 2
    mistake = outcome.mistake
    assert (mistake.message, mistake.hint) == (message, hint)


def test_no_command_shows_the_help():
    outcome = run()
    assert outcome.status == 2 and not outcome.out
    assert outcome.err.startswith("Usage: freeblock")
    assert all(command in outcome.err for command in ("derive", "check", "library"))


@pytest.mark.parametrize("command", [[], ["derive"], ["check"], ["solve"], ["verify"], ["compare"], ["library"]])
def test_help(command):
    outcome = run(*command, "--help")
    assert outcome.status == 0 and not outcome.err
    assert outcome.out.startswith("Usage: freeblock")
    assert run(*command, "-h").out == outcome.out


def test_every_option_is_in_the_help():
    shown = run("derive", "--help").out
    for option in ("--format", "--steps", "--document", "--order", "--set", "--name", "--library", "--side",
                   "--assume-free", "--assume", "--require", "-o"):
        assert f"{option}" in shown
    for choice in ("latex|text|markdown|json|unicode", "none|summary|full", "out|in"):
        assert choice in shown


REFUSED = "((id + (dense >> relu >> dense)) >> relu)^L"


def test_the_mathematics_refuses_with_status_1():
    outcome = run("derive", "(id + (bn >> relu >> dense))^L", "--require", "variance")
    assert outcome.status == 1 and not outcome.out
    mistake = read_mistake(outcome.err)
    first, reason = mistake.message.splitlines()
    assert first == "the variance is refused"
    assert reason.startswith("  order 2, serial: ") and "not independent" in reason
    assert mistake.hint == "to go on with it as a printed assumption add --assume independent-patterns"


def test_a_refused_phi_is_status_1_in_every_format():
    for form in ("latex", "text", "markdown", "unicode"):
        outcome = run("derive", REFUSED, "--format", form)
        assert outcome.status == 1 and not outcome.out
        assert outcome.err.startswith("error: the first moment is refused\n  component: P(x > 0) = 1/2 is not proved: ")
        assert "\n  order 1, serial: " in outcome.err
        assert "\nhint: to go on with it as a printed assumption add --assume" in outcome.err
    outcome = run("derive", REFUSED, "--format", "json")
    assert outcome.status == 1
    assert outcome.data["phi"] is None and outcome.data["variance"] is None
    assert outcome.err.startswith("error: the first moment is refused")
