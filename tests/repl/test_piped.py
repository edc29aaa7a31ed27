"""The conversation without a terminal: every input answered in turn, in plain text."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def converse(*lines: str, arguments: Sequence[str] = ("repl",), folder: Path = ROOT) -> tuple[int, str, str]:
    """Exit status, output and error output."""
    done = subprocess.run([sys.executable, "-m", "freeblock", *arguments], input="\n".join(lines) + "\n", text=True,
                          capture_output=True, cwd=folder, timeout=120, check=False, env={"PYTHONPATH": str(ROOT), "HOME": "/dev/null"})
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def results(text: str) -> list[str]:
    """The results that stand on one line."""
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith(("φ(", "ϕ(", "κ ="))]


def test_an_answer_is_plain_text() -> None:
    status, out, err = converse("dense >> dense(var=3/fan_in)")
    assert (status, err) == (0, "")
    assert results(out) == ["φ(JJᵀ) = 3·σ_w²", "ϕ(JJᵀ) = 18·σ_w⁴", "κ = 2"]
    assert all(char.isprintable() or char == "\n" for char in out)


@pytest.mark.parametrize(("lines", "status"), [
    (["dense", "dense >> >> relu", "relu"], 2), (["dense", ":nothing", "relu"], 2), (["(dense", "relu"], 2), ([":quit"], 0),
    (["id + (dense(n) >> dense(n)) >> relu"], 2), (["relu", ":solve p where phi = 1"], 2), (["", "# nothing"], 0),
    (["dense(var=v/fan_in)", ":solve v where phi = -1"], 1), ([":load /nowhere/at.all"], 2), ([":check"], 2),
    (["(id + (dense >> relu))^L >> relu", ":solve sigma_w where variance = 1"], 1), (["dense >> relu", ":check"], 0),
])
def test_the_status_is_that_of_the_worst_input_and_all_are_answered(lines: list[str], status: int) -> None:
    found, out, err = converse(*lines, "dense(var=7/fan_in)")
    assert found == status
    assert bool(err) == (status == 2) or "refused" in err
    if lines[0] not in ("(dense", ":quit"):
        assert "φ(JJᵀ) = 7" in results(out)


def test_lines_are_joined_as_in_a_file() -> None:
    lines = ["net = dense >>", "  # said later", "  relu", "  >> (dense", "", "  >> dense", "  )", "net", ":set sigma_w=1"]
    status, out, err = converse(*lines)
    assert (status, err) == (0, "")
    # σ_w⁶/2, and 1/2 at σ_w = 1
    assert results(out)[-1:] == ["κ = 4"]
    assert "≈ 0.5" in out


def test_a_bracket_left_open_is_told_before_the_next_command() -> None:
    status, out, err = converse("(dense", ":help quit")
    assert status == 2
    assert err.startswith("error: unclosed `(`")
    assert out == ":quit\n  leave; so does Ctrl-D\n"


def test_definitions_live_on_and_are_replaced() -> None:
    status, out, err = converse("a = dense", "b = a >> a", "c = b >> a", "c", "later = a >> a", "a = dense(var=2/fan_in)", "c",
                                "b = later", "c", "a = b")
    assert results(out) == ["φ(JJᵀ) = σ_w⁶", "ϕ(JJᵀ) = 3·σ_w¹²", "κ = 3", "φ(JJᵀ) = 8", "ϕ(JJᵀ) = 192", "κ = 3",
                            "φ(JJᵀ) = 8", "ϕ(JJᵀ) = 192", "κ = 3"]
    assert status == 2 and "never in terms of itself" in err


def test_let_is_one_object_and_a_definition_is_many() -> None:
    status, out, _ = converse("W = dense", "id + W + W", "let W = dense", "id + W + W")
    assert status == 0
    first, second = (out.index(text) for text in ("φ(JJᵀ) = 1 + 2·σ_w²", "φ(JJᵀ) = 1 + 4·σ_w²"))
    assert first < second


def test_values_are_set_listed_and_taken_back() -> None:
    status, out, err = converse("dense(var=v/fan_in)^L", ":set v=2*w", ":set w=5", ":set L=2", ":set", ":unset w", ":unset w")
    assert "φ(JJᵀ) = 100" in results(out)
    assert "w = 5\nv = 2*w\nL = 2\n" in out
    assert "φ(JJᵀ) = 4·w²" in results(out)
    assert status == 2 and "`w` has no value" in err


@pytest.mark.parametrize("text", ["relu=2", "pi=3", "v=1<2", "v", "=2", "v=", "v=(", "1=2", "v=v+1", "a b=2"])
def test_what_cannot_be_set_is_told_and_changes_nothing(text: str) -> None:
    status, out, err = converse("dense(var=v/fan_in)", f":set {text}", ":program")
    assert status == 2 and err.startswith("error: ")
    assert out.endswith("dense(var=v/fan_in)\n")


def test_a_number_of_inputs_is_a_value_of_n() -> None:
    status, out, _ = converse("dense(3*n)", ":set n=7", "input 5", ":set")
    assert status == 0
    assert "J is 21 outputs by 7 inputs." in out and "J is 15 outputs by 5 inputs." in out
    assert out.endswith("n = 5\n")


def test_a_refused_hypothesis_is_assumed_by_a_command() -> None:
    residual = "(id + (relu >> dense(var=1/fan_in)))^2"
    status, out, _ = converse(residual, ":assume independent-patterns", ":program")
    assert status == 0
    refused, assumed = out.split("from now on")
    assert "ϕ(JJᵀ) is not given" in refused and ":assume independent-patterns goes on" in " ".join(refused.split())
    assert "assumed: serial product" in assumed
    # (1 + 1/2)² = 9/4; each block of the two adds κ = (1/2 + 1/2·… )/(3/2)² = 2/3
    assert "≈ 2.25" in assumed and "≈ 1.333333333" in assumed
    assert "# derive with --assume independent-patterns" in assumed


def test_moments_of_higher_order() -> None:
    """Marchenko–Pastur: the Catalan numbers."""
    _, out, err = converse("dense(var=1/fan_in)", ":order 5", ":order 13", ":order x")
    assert [line.split("= ")[1] for line in out.splitlines() if line.lstrip().startswith("φ_")] == ["5", "14", "42"]
    assert err.count("error: the order is a whole number from 1 to 12") == 2


def test_a_file_is_loaded_first_and_its_mistakes_are_shown_in_it(tmp_path: Path) -> None:
    (tmp_path / "net.fb").write_text("# a net\nbody = dense >> relu\nnet = body^3\n")
    (tmp_path / "wrong.fb").write_text("body = dense\nnet = body >> nothing\n")
    status, out, _ = converse(":set sigma_w=2", arguments=("repl", "net.fb"), folder=tmp_path)
    assert status == 0 and "≈" not in out
    status, out, err = converse("net", arguments=("repl", "wrong.fb"), folder=tmp_path)
    assert status == 2 and out == ""
    assert "  --> wrong.fb:2:15" in err


@pytest.mark.parametrize("name", ["", "missing/net.fb", ".", "-"])
def test_what_cannot_be_saved_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    status, _, err = converse("dense", f":save {name}", folder=tmp_path)
    assert status == 2 and err.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["net", "net.txt", "-net.fb", "a net.fb", "'quoted net'"])
def test_the_command_that_is_shown_derives_what_was_saved(tmp_path: Path, name: str) -> None:
    status, out, _ = converse("dense(var=5/fan_in)", f":save {name}", folder=tmp_path)
    assert status == 0
    command = out.splitlines()[-1].removeprefix("saved: `").removesuffix("` derives it")
    assert command.startswith("freeblock derive ")
    status, out, _ = converse(arguments=[*shlex.split(command)[1:], "--format", "text"], folder=tmp_path)
    assert status == 0 and "φ(JJᵀ) = 5\n" in out


def test_saving_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "net.fb").write_text("old")
    assert converse("a = dense", "a >> relu", ":save net.fb", folder=tmp_path)[0] == 0
    assert (tmp_path / "net.fb").read_text() == "a = dense\na >> relu\n"
    assert [path.name for path in tmp_path.iterdir()] == ["net.fb"]


def test_components_of_a_library_of_the_user(tmp_path: Path) -> None:
    rule = ("half:\n  title: Half of the units\n  kind: activation\n  jacobian: {moments: 1/2, traits: {diagonal: true}}\n"
            "  depends_on: noise\n  source: test\n")
    (tmp_path / "mine.yaml").write_text(rule)
    status, out, err = converse(":library half", "dense >> half", arguments=("repl", "--library", "mine.yaml"),
                                folder=tmp_path)
    assert (status, err) == (0, "")
    assert out.startswith("half: Half of the units") and "κ = 2" in results(out)
    (tmp_path / "mine.yaml").write_text("half: nothing\n")
    status, out, err = converse("dense", arguments=("repl", "--library", "mine.yaml"), folder=tmp_path)
    assert (status, out) == (2, "") and "mine.yaml:1" in err


def test_without_a_terminal_freeblock_alone_prints_the_help() -> None:
    status, out, err = converse("dense", arguments=())
    assert (status, out) == (2, "")
    assert err.startswith("Usage: freeblock") and "repl" in err


def test_commands_named_nowhere_and_everywhere() -> None:
    """Every command has its help, and the help has every command."""
    _, out, _ = converse(":help")
    names = [line.split()[0] for line in out.splitlines() if line.startswith("  :")]
    assert len(names) == len(set(names)) >= 16
    status, out, _ = converse(*(f":help {name}" for name in names))
    assert status == 0 and [line.split()[0] for line in out.splitlines() if not line.startswith(" ")] == names


@pytest.mark.parametrize("text", ["\x1b[2J", "\u202edense", "dense\0", ":\x1b[2J", ":load \x1b[2J", ":set \u202e=1", "`"])
def test_what_could_steer_a_terminal_is_never_printed(text: str) -> None:
    status, out, err = converse(text, "dense")
    assert status == 2
    assert all(char.isprintable() or char == "\n" for char in out + err)
    assert "κ = 1" in results(out)


def test_deep_nesting_is_answered_again_and_again() -> None:
    deep = "(" * 900 + "dense" + " >> relu)" * 900
    status, out, err = converse(deep, deep, f"net = {deep}", f"net = {deep}", "net", ":program")
    assert (status, err) == (0, "")
    assert results(out).count("κ = 901") == 0 and results(out).count("κ = 2") == 3


def test_without_a_terminal_nothing_slow_is_loaded() -> None:
    script = ("import sys; from freeblock.__main__ import main; main(['repl']); "
              "print({'prompt_toolkit', 'sympy', 'numpy', 'matplotlib', 'IPython'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", script], input="dense >> relu\n:steps\n", text=True, capture_output=True,
                          check=True, env={"PYTHONPATH": str(ROOT), "HOME": "/dev/null"})
    assert done.stdout.endswith("\nset()\n")


def test_solutions_are_drawn_with_what_they_require() -> None:
    # (a − b)² = 1, and s² + s⁶ = 1 at 0.826031357654187, and 2(2^(1/L) − 1) under a fourth root.
    status, out, err = converse("(a-b)*id", ":solve a", "dense(var=s^2/fan_in) + (s^3 * orthogonal)", ":solve s where phi < 1",
                                "(id + (dense >> relu >> dense))^L", ":solve sigma_w where phi = 2", ":solve L where phi = 2",
                                ":solve sigma_w where phi > 1/2")
    assert (status, err) == (0, "")
    for lines in (["  a = b − 1", "  where b − 1 > 0", "  a = 1 + b"], ["  0 < s < 0.826031357654187"],
                  ["                        1/4", "        ⎛    ⎛ 1/L    ⎞⎞", "  σ_w = ⎝2 · ⎝2    − 1⎠⎠"],
                  ["  where L is a whole number"], ["phi > 1/2 holds whatever sigma_w is"]):
        assert "\n".join(lines) + "\n" in out


def test_signals_are_followed_through_the_block_in_force() -> None:
    status, out, err = converse("block = id + (bn >> relu >> dense)", "block^L", ":set sigma_w=sqrt(2)", ":dilution", ":set L=3",
                                ":forward table q=2 c=1/2", ":dilution", ":overlap c=1/4")
    assert (status, err) == (0, "")
    # q grows by 1 in each block, from 1 and from 2
    assert "k_b² = b\n" in out and "q_L = 1 + L\n" in out
    assert [line.split()[-9] for line in out.splitlines() if "id + (bn >> relu >> dense)  " in line] == ["3", "4", "5"]
    assert "the whole network, 3 blocks" in out and "κ of blocks with independent patterns" in out
    for command in (":forward x=1", ":dilution table", ":overlap q=", ":forward q=a"):
        assert converse("relu >> dense(var=1/fan_in)", command)[0] == 2
    assert converse(":forward")[0] == 2
