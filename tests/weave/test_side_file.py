"""The side file keeps what is current, derives the rest, and notices what was changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from papers import formulas, woven, write

from freeblock.weave import sidefile, weaving
from freeblock.weave.paper import read_paper
from freeblock.weave.sidefile import read_side_file
from freeblock.weave.weaving import Weaver

PAPER = r"""
\freeblock{a = (dense >> relu)^L}
\freeblock{b = id + (dense >> dense)}
\fbphi{a} \fbkappa{a} \fbcondition{a}{sigma_w} \fbvalue{b}{sigma_w=2} \fbderivation{b}
"""


def stale(folder: Path) -> list[str]:
    path = folder / "paper.tex"
    side = read_side_file((folder / "paper.fbx").read_text(encoding="utf-8"))
    return [notice.message for notice in Weaver(read_paper(str(path)), path.name, side).stale()]


def test_an_unchanged_paper_derives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = woven(tmp_path, PAPER)
    assert (first.derived, first.kept) == (5, 0)
    assert stale(tmp_path) == []
    monkeypatch.delattr(weaving, "derive_source")
    second = woven(tmp_path, PAPER, again=True)
    assert (second.derived, second.kept) == (0, 5)
    assert second.text == first.text


CHANGES = [
    # (what is changed, into what, how many formulas that concerns)
    ("dense >> relu", "dense >> dropout >> relu", 3),
    ("id + (dense >> dense)", "id + dense", 2),
    (r"\freeblock{a", r"\freeblock{c = relu}\freeblock{a", 0),
    (r"\freeblock{b", r"\freeblock[set=sigma_w=3]{b", 1),  # the value asked for has a sigma_w of its own
    (r"\freeblock{b", r"\freeblock[assume-free]{b", 2),
    (r"\freeblock{b", r"\freeblock[side=in]{b", 2),
    (r"\fbvalue{b}{sigma_w=2}", r"\fbvalue{b}{sigma_w=3}", 1),
    (r"\fbvalue{b}", r"\fbvalue[digits=2]{b}", 1),
    (r"\fbderivation{b}", r"\fbderivation[none]{b}", 1),
    (r"\fbphi{a}", r"\fbphi{a} \fbphi{a} \fbphi{b}", 1),
    (r"\fbcondition{a}", r"\fbcondition[phi=2]{a}", 1),
    ("\n", "\ninput words\n", 5),
]


@pytest.mark.parametrize(("old", "new", "concerned"), CHANGES)
def test_only_what_a_change_concerns_is_derived_again(old: str, new: str, concerned: int, tmp_path: Path) -> None:
    woven(tmp_path, PAPER)
    changed = PAPER.replace(old, new, 1).replace("input words", r"\freeblock{input m}")
    write(tmp_path, changed)
    told = stale(tmp_path)
    assert len(told) == max(concerned, 1)  # a new definition alone makes the side file another
    assert woven(tmp_path, changed, again=True).derived == concerned
    assert stale(tmp_path) == []


def test_text_around_the_formulas_does_not_matter(tmp_path: Path) -> None:
    woven(tmp_path, PAPER)
    write(tmp_path, "New words.\n" + PAPER + r"% \fbphi{zzz}")
    assert stale(tmp_path) == []


def test_another_version_of_freeblock_derives_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    woven(tmp_path, PAPER)
    monkeypatch.setattr(sidefile, "__version__", "99.0")
    assert woven(tmp_path, PAPER, again=True).derived == 5


LIBRARY = """\
half:
  title: Half of everything
  kind: linear
  jacobian: {{moments: "{moments}", traits: {{scalar: true}}}}
  depends_on: nothing
  source: by definition
"""


def test_another_library_derives_anew(tmp_path: Path) -> None:
    paper = r"\usepackage[library=mine.yaml]{freeblock} \freeblock{a = half} \fbphi{a}"
    for moments, phi in (("(1/2)^(2*k)", r"\frac{1}{4}"), ("(1/3)^(2*k)", r"\frac{1}{9}")):
        (tmp_path / "mine.yaml").write_text(LIBRARY.format(moments=moments), encoding="utf-8")
        result = woven(tmp_path, paper, again=(tmp_path / "paper.fbx").exists())
        assert (result.derived, formulas(result)["phi", "a", ""]) == (1, phi)


def test_another_notation_derives_anew(tmp_path: Path) -> None:
    text = r"\usepackage[notation=paper.yaml]{freeblock}" + PAPER
    write(tmp_path, "sigma_w: \\tau\n", "paper.yaml")
    assert woven(tmp_path, text).derived == 5
    assert (stale(tmp_path), woven(tmp_path, text, again=True).kept) == ([], 5)
    write(tmp_path, "sigma_w: \\sigma\n", "paper.yaml")
    assert set(stale(tmp_path)) == {"this formula is stale"}
    assert formulas(woven(tmp_path, text, again=True))["condition", "a", "sigma_w;phi=1"] == r"\sigma = \sqrt{2}"
    assert stale(tmp_path) == []


def test_a_formula_changed_by_hand_is_stale_and_derived_again(tmp_path: Path) -> None:
    first = woven(tmp_path, PAPER)
    side = tmp_path / "paper.fbx"
    side.write_text(first.text.replace(r"\frac{\sigma_{w}^{2}}{2}", r"\frac{\sigma_{w}^{2}}{3}", 1), encoding="utf-8")
    assert stale(tmp_path) == ["this formula is stale"]
    second = woven(tmp_path, PAPER, again=True)
    assert (second.derived, second.text) == (1, first.text)


@pytest.mark.parametrize("spoil", [
    lambda text: text[:len(text) // 2],
    lambda text: text.replace("%% end\n", ""),
    lambda text: text.replace("%% symbols", "%% symbol"),
    lambda text: text.replace('"used"', "used"),
    lambda text: text.replace("{", "[" * 50),
    lambda text: "\0" + text[::-1],
    lambda text: "",
])
def test_a_spoilt_side_file_is_mended(spoil, tmp_path: Path) -> None:
    first = woven(tmp_path, PAPER)
    (tmp_path / "paper.fbx").write_text(spoil(first.text), encoding="utf-8")
    assert stale(tmp_path)
    assert woven(tmp_path, PAPER, again=True).text == first.text


def test_a_new_network_may_rename_a_symbol_and_then_all_is_derived_anew(tmp_path: Path) -> None:
    one = r"\freeblock{x = dense(var=a1/fan_in)} \fbphi{x}"
    assert formulas(woven(tmp_path, one))["phi", "x", ""] == "a_{1}"
    two = one + r"\freeblock{y = dense(var=a_1/fan_in)} \fbphi{y}"
    result = woven(tmp_path, two, again=True)
    assert result.derived == 2
    assert result.text == woven(tmp_path, two).text
