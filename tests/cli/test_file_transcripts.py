"""What a person is told about files: what cannot be read or written, and how files are read."""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest
from command_line import run
from hanging import PATIENCE

NOBODY = 65534
"""A user that owns no files here."""
FREEBLOCK = [sys.executable, "-m", "freeblock"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def public_folder(folder, monkeypatch):
    """A folder that every user reaches, which the one above is not."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        monkeypatch.chdir(name)
        yield pathlib.Path(name)


@contextlib.contextmanager
def ordinary_user(folder):
    """Make the superuser, who may do anything, a user who owns nothing; anyone else stays who they are."""
    if os.geteuid():
        yield
        return
    try:
        try:
            os.seteuid(NOBODY)
            folder.stat()
        except PermissionError:
            pytest.skip("there is no other user who reaches the temporary folder")
        yield
    finally:
        os.seteuid(0)


def test_files_that_cannot_be_read(folder):
    (folder / "folder.fb").mkdir()
    os.mkfifo("pipe.fb")
    (folder / "latin.fb").write_bytes(b"dense \xff")
    (folder / "big.fb").write_bytes(b"#" * 3_000_000)
    cases = [
        ("missing.fb", "`missing.fb` cannot be read: no such file or directory", "check the spelling and the folder"),
        ("folder.fb", "`folder.fb` is a directory", "name a file"),
        ("./folder.fb", "`./folder.fb` is a directory", "name a file"),
        ("pipe.fb", "`pipe.fb` is not a regular file", "`-` reads standard input"),
        ("/dev/zero", "`/dev/zero` is not a regular file", "`-` reads standard input"),
        ("latin.fb", "latin.fb is not UTF-8 text: byte 0xff at byte offset 6", "save the file as UTF-8"),
        ("big.fb", "big.fb is larger than 2000000 bytes", "write repeated parts as definitions, `block^L` or indexed forms"),
        ("a\0b.fb", "`a\N{REPLACEMENT CHARACTER}b.fb` cannot be read: its name is no file name", "name a readable text file"),
    ]
    for name, message, hint in cases:
        outcome = run("derive", name)
        assert outcome.status == 2
        assert (outcome.mistake.message, outcome.mistake.hint) == (message, hint)


def test_a_file_without_permission(public_folder):
    for name in ("public.fb", "secret.fb"):
        (public_folder / name).write_text("dense")
        assert run("derive", name).status == 0
    os.chmod("public.fb", 0o444)
    os.chmod("secret.fb", 0)
    with ordinary_user(public_folder):
        assert run("derive", "public.fb").status == 0
        assert run("derive", "secret.fb").mistake.message == "`secret.fb` cannot be read: permission denied"


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfdense >> relu", b"dense\r\n>> relu\r\n", b"dense >>\r  relu\r", b"dense >> relu"])
def test_files_that_can(folder, content):
    (folder / "net.fb").write_bytes(content)
    outcome = run("derive", "net.fb", "--format", "json")
    assert outcome.status == 0
    assert outcome.data["phi"] == "sigma_w**2/2"
    assert run("derive", "-", "--format", "json", stdin=content).data["phi"] == "sigma_w**2/2"


@pytest.mark.parametrize(("content", "line", "column", "message"), [
    (b"\xef\xbb\xbf# first\r\ndense >> dens\r\n", 2, 10, "no block is called `dens`"),
    ("# σ\nσ_1 = relu >> denze\nσ_1".encode(), 2, 15, "no block is called `denze`"),
    (b"a = id\nden\0se", 2, 4, "control character U+0000"),
    (b"(" * 1_000_000, 1, 2001, "brackets are nested more than 2000 deep"),
    (b"id\n" + b"(" * 3000 + b")" * 3000, 2, 2001, "brackets are nested more than 2000 deep"),
])
def test_places_in_files(folder, content, line, column, message):
    (folder / "net.fb").write_bytes(content)
    mistake = run("derive", "net.fb").mistake
    assert (mistake.source, mistake.line, mistake.column, mistake.message) == ("net.fb", line, column, message)
    assert run("derive", "-", stdin=content).mistake.source == "standard input"


def test_a_file_by_its_path_and_its_blocks_by_name(folder):
    (folder / "net.txt").write_text("α = dense\nnet = α >> relu\n")
    assert run("derive", f".{os.sep}net.txt", "--format", "json").data["phi"] == "sigma_w**2/2"
    for name in ("alpha", "α"):
        assert run("derive", f".{os.sep}net.txt", "--name", name, "--format", "json").data["phi"] == "sigma_w**2"
    mistake = run("derive", f".{os.sep}net.txt", "--name", "ne").mistake
    assert (mistake.message, mistake.hint) == ("no definition is called `ne`", "did you mean `net`?")
    mistake = run("derive", f".{os.sep}net.txt", "--name", "zzz").mistake
    assert mistake.hint == "the definitions are alpha, net"
    assert run("derive", f".{os.sep}net.txt", "--set", "rho=2").mistake.message == "`rho` does not occur in ./net.txt"


def test_a_definition_with_parameters_is_not_derived(folder):
    (folder / "net.fb").write_text("id\nf(x) = x\n")
    mistake = run("derive", "net.fb", "--name", "f").mistake
    assert (mistake.line, mistake.column, mistake.marked) == (2, 1, "f")
    assert mistake.hint == "add a line such as `net = f(…)`"


def test_libraries(folder):
    (folder / "bad.yaml").write_text("a:\n  title: 3\n  kind: foo\nb: 4\n")
    outcome = run("derive", "dense", "--library", "bad.yaml")
    assert outcome.status == 2 and not outcome.out
    errors = outcome.err.split("\n\n")
    assert [(error.splitlines()[0], error.splitlines()[1]) for error in errors] == [
        ("error: the rule `a` lacks `jacobian`", "  --> bad.yaml:1:1"),
        ("error: the rule `a` lacks `source`", "  --> bad.yaml:1:1"),
        ("error: `kind` cannot be `foo`", "  --> bad.yaml:3:9"),
        ("error: the rule `b` needs entries of the form `key: value`", "  --> bad.yaml:4:4"),
    ]
    for command in (["derive", "dense"], ["check", "dense"], ["library"]):
        mistake = run(*command, "--library", "missing.yaml").mistake
        assert mistake.message == "`missing.yaml` cannot be read: no such file or directory"


# Output

def test_outputs_that_cannot_be_written(folder):
    (folder / "folder").mkdir()
    hint = "choose another file for -o"
    cases = [("folder", "is a directory"), ("missing/x.tex", "no such file or directory"),
             ("x" * 300, "file name too long"), ("/dev/full", "no space left on device")]
    for path, reason in cases:
        outcome = run("derive", "dense", "-o", path)
        assert outcome.status == 2
        assert (outcome.mistake.message, outcome.mistake.hint) == (f"`{path}` cannot be written: {reason}", hint)
    assert os.listdir(folder) == ["folder"]


def test_a_folder_without_permission(public_folder):
    for name in ("open", "closed"):
        (public_folder / name).mkdir()
        assert run("derive", "dense", "-o", f"{name}/x.tex").status == 0
    os.chmod("open", 0o777)
    os.chmod("closed", 0o555)
    with ordinary_user(public_folder):
        assert run("derive", "dense", "-o", "open/y.tex").status == 0
        outcome = run("derive", "dense", "-o", "closed/y.tex")
    assert outcome.mistake.message == "`closed/y.tex` cannot be written: permission denied"
    assert os.listdir("closed") == ["x.tex"]


def test_an_output_is_whole_or_not_there(folder, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    (folder / "old.tex").write_text("kept")
    monkeypatch.setattr(os, "replace", fail)
    outcome = run("derive", "dense", "-o", "old.tex")
    assert outcome.mistake.message == "`old.tex` cannot be written: no space left on device"
    assert os.listdir(folder) == ["old.tex"] and (folder / "old.tex").read_text() == "kept"


@pytest.mark.parametrize("command", ["derive dense", "derive dense --format json", "library", "check dense --samples 2",
                                     "--help"])
def test_a_full_standard_output(command):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*FREEBLOCK, *command.split()], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE)
    assert done.returncode == 2
    assert done.stderr == b"error: the result cannot be printed: no space left on device\n"


def test_an_error_leaves_the_output_alone(folder):
    (folder / "old.tex").write_text("kept")
    assert run("derive", "dens", "-o", "old.tex").status == 2
    assert run("derive", "dens", "-o", "new.tex").status == 2
    assert os.listdir(folder) == ["old.tex"] and (folder / "old.tex").read_text() == "kept"


def test_an_output_is_what_would_be_printed(folder):
    printed = run("derive", "dense >> relu").out
    outcome = run("derive", "dense >> relu", "-o", "out.tex")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert (folder / "out.tex").read_text(encoding="utf-8") == printed
    assert run("derive", "dense >> relu", "-o", "-").out == printed


def test_a_closed_pipe_is_quiet():
    many = " >> ".join(f"dense(var=a{place})" for place in range(500))
    process = subprocess.Popen([*FREEBLOCK, "derive", many], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=PATIENCE) == 0
    assert error == b""


def test_standard_input_that_is_closed():
    process = subprocess.run([*FREEBLOCK, "derive", "-"], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    assert process.returncode == 2 and process.stdout == b""
    assert process.stderr.startswith(b"error: there is no block to derive\n  --> standard input:1:1\n")
    command = f"'{sys.executable}' -m freeblock derive - <&-"
    process = subprocess.run(command, shell=True, capture_output=True, timeout=PATIENCE)
    assert (process.returncode, process.stdout) == (2, b"")
    assert process.stderr.startswith(b"error: standard input cannot be read")


def test_a_link_stays_a_link(folder):
    (folder / "paper").mkdir()
    (folder / "result.tex").symlink_to("paper/result.tex")
    assert run("derive", "dense", "-o", "result.tex").status == 0
    assert (folder / "result.tex").is_symlink()
    assert (folder / "paper" / "result.tex").read_text(encoding="utf-8").startswith("% freeblock")
