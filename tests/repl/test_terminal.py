"""The conversation at a real pseudo-terminal."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import CTRL_C, CTRL_D, ENTER, ROOT, TAB, UP, Terminal

HE = ["                 L", "           ⎛σ_w²⎞", "  φ(JJᵀ) = ⎜────⎟", "           ⎝ 2  ⎠"]
"""φ = (σ_w²/2)^L, He et al. 2015."""

LONG = "serial[l=1..1000](id + (dense(var=v/(l*fan_in)) >> relu >> dense))"
"""At order 12 this takes minutes."""


@pytest.mark.parametrize("arguments", [(), ("repl",)])
def test_a_block_is_answered_in_two_dimensions_and_ctrl_d_leaves(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with Terminal(*arguments, home=tmp_path) as terminal:
        answer = terminal.ask("(dense >> relu)^L")
        assert answer.startswith("J is n outputs by n inputs.")
        assert "\n".join(HE) in answer
        assert "  κ = 2·L" in answer.splitlines()
        assert "proved: serial product, orders 1 to 2" in answer
        terminal.send(CTRL_D)
        assert terminal.left() == 0


def test_the_prompt_does_not_wait_for_sympy(tmp_path: Path) -> None:
    (tmp_path / "sympy").mkdir()
    (tmp_path / "sympy" / "__init__.py").write_text("import time\nwhile True:\n    time.sleep(1)\n")
    with Terminal("repl", home=tmp_path, more={"PYTHONPATH": f"{tmp_path}:{ROOT}"}) as terminal:
        assert "κ = 1" in terminal.ask("dense")
        terminal.send(CTRL_D)
        assert terminal.left() == 0


def test_an_input_goes_on_while_a_bracket_is_open_and_behind_a_sign(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.prompt()
        for line in ("net = (dense >>", "relu", ") >>"):
            terminal.send(line + ENTER)
            terminal.wait(lambda: terminal.line == "...", "the second prompt")
        terminal.send("dense" + ENTER)
        terminal.wait(lambda: "net is defined: n outputs by n inputs" in terminal.text, "the answer")


def test_completion_shows_a_line_of_help_beside_each(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.ask("gate = dense >> relu")
        terminal.send("ga" + TAB)
        terminal.wait(lambda: re.search(r"^ +gate +gate = dense >> relu$", terminal.text, re.MULTILINE) is not None
                      and re.search(r"^ +gamma +a function", terminal.text, re.MULTILINE) is not None, "the menu")
        terminal.send(TAB)
        terminal.wait(lambda: terminal.line == "fb> gate", "the choice")
        terminal.send(CTRL_C)
        terminal.prompt()
        terminal.send("leaky_relu(" + TAB)
        terminal.wait(lambda: re.search(r"^ +slope= +\w+", terminal.text, re.MULTILINE) is not None, "a parameter")
        assert re.search(r"^ +relu +Rectified linear unit$", terminal.text, re.MULTILINE)
        terminal.send(CTRL_C)
        terminal.prompt()
        terminal.send(":s" + TAB)
        terminal.wait(lambda: re.search(r"^ +solve +the values of a symbol", terminal.text, re.MULTILINE) is not None,
                      "the commands")
        terminal.send(CTRL_C)
        terminal.prompt()
        terminal.send("orth" + TAB)
        terminal.wait(lambda: terminal.line == "fb> orthogonal", "the only completion")


def test_names_are_coloured_by_what_they_are(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.ask("gate = dense")
        terminal.send("let W = dense + gate + foo @")
        terminal.wait(lambda: terminal.line.endswith("@"), "the line")
        row = terminal._screen.buffer[terminal._screen.cursor.y]
        line = terminal.line
        colours = {word: row[line.index(word)].fg for word in ("dense", "gate", "foo", "@")}
        assert colours["foo"] == "default"
        assert len(set(colours.values())) == 4
        assert row[line.index("let")].bold and not row[line.index("W")].bold


def test_history_is_kept_for_the_next_conversation_and_is_private(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as first:
        first.ask("dense >> tanh(3/4)")
        first.ask(":order 1")
        first.send(CTRL_D)
        first.left()
    kept = tmp_path / "state" / "freeblock" / "history"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    with Terminal(home=tmp_path) as second:
        second.prompt()
        second.send(UP)
        second.wait(lambda: second.line == "fb> :order 1", "the last input")
        second.send(UP)
        second.wait(lambda: second.line == "fb> dense >> tanh(3/4)", "the one before")


def test_without_a_home_that_can_be_written_it_works_and_forgets(tmp_path: Path) -> None:
    nowhere = {"HOME": "/dev/null", "XDG_STATE_HOME": "/dev/null/state", "XDG_CACHE_HOME": "/dev/null/cache"}
    with Terminal(home=tmp_path, more=nowhere) as terminal:
        assert "κ = 1" in terminal.ask("dense")
        terminal.send(UP)
        terminal.wait(lambda: terminal.line == "fb> dense", "the history of this conversation")


def test_ctrl_c_interrupts_a_long_derivation_and_keeps_the_state(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.ask("block = dense >> relu")
        terminal.ask("block^3")
        terminal.ask(":order 12")
        terminal.prompt()
        terminal.send(LONG + ENTER)
        terminal.wait(lambda: "still working; Ctrl-C interrupts" in terminal.text, "the note")
        terminal.send(CTRL_C)
        terminal.wait(lambda: terminal.line == "fb>" and "interrupted" in terminal.lines, "the prompt")
        assert "still working" not in terminal.text
        assert terminal.ask(":program").splitlines()[-2:] == ["block = dense >> relu", "block^3"]
        assert "φ_12(JJᵀ)" in terminal.ask("block")


def test_ctrl_c_at_the_prompt_clears_the_line(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.prompt()
        terminal.send("dense >> (relu" + ENTER + "more")
        terminal.wait(lambda: terminal.line == "... more", "two lines")
        terminal.send(CTRL_C)
        terminal.wait(lambda: terminal.line == "fb>", "an empty line")
        assert "relu" not in terminal.text
        terminal.send(CTRL_C)
        assert "κ = 1" in terminal.ask("dense")


@pytest.mark.parametrize(("typed", "marked"), [
    ("dense >> >> relu", ">>"), ("dense >> rleu", "rleu"), (":latx", "latx"), (":set sigma_w=sqr(2)", "sqr"),
    ("dense(var=-1/fan_in)", None),
])
def test_a_caret_stands_under_what_was_typed(tmp_path: Path, typed: str, marked: str | None) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.ask("first = dense")
        answer = terminal.ask(typed).splitlines()
        assert answer[0].startswith("error: ")
        source, carets = next((line, below) for line, below in zip(answer, answer[1:], strict=False)
                              if f"1 | {typed}" in line)
        start, end = carets.index("^"), carets.rindex("^") + 1
        assert set(carets[start:end]) == {"^"}
        if marked is not None:
            assert source[start:end] == marked
            assert source.index(typed) + typed.rindex(marked) == start
        assert "first = dense" in terminal.ask(":program")


def test_a_failed_input_changes_nothing_and_undo_takes_back_the_last_change(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.ask("block = dense")
        terminal.ask("block^2")
        terminal.ask("block = relu >> unknown")
        assert terminal.ask(":program").splitlines() == ["block = dense", "block^2"]
        assert terminal.ask("block = dense >> relu") == "block is defined anew: n outputs by n inputs"
        assert terminal.ask(":program").splitlines() == ["block = dense >> relu", "block^2"]
        assert terminal.ask(":undo") == "undone: block = dense >> relu"
        assert terminal.ask(":program").splitlines() == ["block = dense", "block^2"]
        terminal.ask(":undo")
        terminal.ask(":undo")
        assert terminal.ask(":undo") == "there is nothing to undo"


def test_what_is_saved_can_be_loaded_and_derived(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        for line in ("input 2*m", "let W = dense(m)", "net = W >> relu >> dense(3*m)", "net", ":set sigma_w=sqrt(2)"):
            answer = terminal.ask(line)
        assert terminal.ask(":save net") == "saved: `freeblock derive net.fb` derives it"
        terminal.ask(":clear")
        assert terminal.ask(":load net.fb") == answer
        assert [name.name for name in tmp_path.glob("*.fb")] == ["net.fb"]
    done = subprocess.run([sys.executable, "-m", "freeblock", "derive", "net.fb", "--format", "json"], cwd=tmp_path,
                          capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)})
    result = json.loads(done.stdout)
    # var = 2/fan_in: W has φ = 2 over its m outputs, relu halves it, and so on.
    assert (result["phi"], result["shape"]) == ("2", {"in": "2*m", "out": "3*m"})


def test_solve_draws_the_solution_and_latex_is_that_of_derive(tmp_path: Path) -> None:
    with Terminal(home=tmp_path) as terminal:
        terminal.ask("(dense >> relu)^L")
        assert terminal.ask(":solve sigma_w") == "  σ_w = √2 ≈ 1.414213562"
        assert terminal.ask(":solve sigma_w where phi = 3^L") == "  σ_w = √6 ≈ 2.449489743"
        assert terminal.ask(":solve L where kappa = 10") == "  L = 5"
        assert "= \\left(\\frac{\\sigma_w^2}{2}\\right)^{L}".replace("_w^2", "_{w}^{2}") in terminal.ask(":latex none")
