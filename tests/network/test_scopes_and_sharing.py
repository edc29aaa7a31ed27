"""What names mean where they stand: definitions, parameters, indices, shared objects, statistics of one vector."""

from __future__ import annotations

import pytest

from freeblock.calculus.derivation import derive
from freeblock.errors import ArgumentError, DomainError, FreeblockError, LimitError, ShapeError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import number
from freeblock.language.parser import parse_program
from freeblock.network.nodes import Leaf
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source

CATALOGUE = load_catalogue()


def network(text, **values):
    return resolve(parse_program(Source("test", text)), CATALOGUE,
                   values={name: number(value) for name, value in values.items()})


def phi(text, **numbers):
    return evaluate(derive(network(text), order=1).law.phi, {"n": 1, **numbers}).to_float()


def leaves(block):
    if isinstance(block, Leaf):
        return [block]
    parts = [getattr(block, name) for name in ("block", "body") if hasattr(block, name)] or block.parts
    return [leaf for part in parts for leaf in leaves(part)]


V = "dense(var={}/fan_in)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a definition is a recipe in the global scope
        (f"b = {V.format('s')}\nb >> b", .3**2),
        (f"f(x) = {V.format('x')}\nf(2) >> f(x)", 2 * 5),
        (f"f(x) = {V.format('x')}\ng(x) = f(x + 1) >> f(x)\ng(2)", 6),
        (f"f(x, g) = g >> {V.format('x')}\nf(3, f(2, id))", 6),
        (f"f(g) = g >> g\nf(f({V.format('2')}))", 16),
        (f"f(a, b) = {V.format('a')} >> {V.format('b')}\nf(b=2, a=3)", 6),
        ("f(w) = dense(w, var=1/fan_in) >> dense(n, var=1/fan_in)\nf(n/2)", 1),
        # an index means its value inside its form and nothing outside
        (f"sum[l=1..3]({V.format('l')})", 6), (f"sum[l=1..L]({V.format('l')})", 6),
        (f"sum[l=1..L]({V.format('l')}) >> {V.format('l')}", 6 * 7),
        (f"{V.format('l')} >> sum[l=1..L]({V.format('l')})", 6 * 7),
        (f"b = {V.format('l')}\nsum[l=1..L](b)", 3 * 7), (f"b = {V.format('l')}\nsum[l=1..3](b)", 3 * 7),
        (f"sum[l=1..L](sum[l=1..2]({V.format('l')}))", 3 * 3), (f"sum[l=1..L](sum[l=1..M]({V.format('l')}))", 3 * 3),
        (f"sum[l=1..L](sum[j=1..l]({V.format('l*j')}))", 1 + 2 * 3 + 3 * 6),
        (f"sum[l=1..L](sum[j=l..L]({V.format('j')}))", 1 + 4 + 9),
        (f"f(x) = sum[j=1..2]({V.format('x*j')})\nsum[l=1..L](f(l))", 3 * 6),
        (f"f(l) = {V.format('l')}\nsum[l=1..L](f(l + 1))", 2 + 3 + 4),
        (f"sum[l=5..L + 5]({V.format('l')}) >> sum[l=1..L]({V.format('l')})", (5 + 6 + 7 + 8) * 6),
        # an index may start at zero or below
        (f"sum[l=0..L]({V.format('l')})", 6), (f"sum[l=-2..L]({V.format('l + 3')})", 1 + 2 + 3 + 4 + 5 + 6),
        (f"serial[l=0..L]({V.format('l + 1')})", 24), (f"serial[l=-1..0]({V.format('l + 2')})", 2),
        (f"serial[l=3..2]({V.format('l')})", 1), (f"{V.format('5')}^0", 1),
    ],
)
def test_names_mean_what_their_place_says(text, expected):
    assert phi(text, s=.3, x=5, l=7, L=3, M=2, b=1) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("f(a) = a >> dense(a)\nf(n)", FreeblockError), ("f(a) = dense(a) >> a\nf(relu)", FreeblockError),
        ("f(x) = sum[l=1..L](dense(var=x))\nf(l)", ArgumentError), ("f(x) = dense(var=x)\nf(dense)", FreeblockError),
        ("f(x) = dense(var=x)\nf(1, 2)", ArgumentError), ("f(x) = dense(var=x)\nf()", ArgumentError),
        ("f(x) = dense(var=x)\nf", ArgumentError), ("f(x) = dense(var=x)\nf(x=1, x=2)", ArgumentError),
        ("f(x) = dense(var=x)\nf(y=1)", FreeblockError), ("f(n) = dense(n)\nf(2)", ArgumentError),
        ("f(relu) = dense(relu)\nf(2)", ArgumentError), ("pi = dense\npi", ArgumentError), ("l + dense", FreeblockError),
        ("serial[l=1..L](l)", FreeblockError), ("serial[l=1..1/2](dense)", DomainError),
        ("stack[l=1..L](dense(l))", ShapeError), ("serial[l=1..L](dense(2*n))", FreeblockError),
        ("serial[l=1..L](id | dense(l))", ShapeError), ("let W = dense(k)\nW >> W", ShapeError),
        ("dropout(keep=0)", DomainError), ("dense(var=-1)", DomainError), ("dense(1/2)", DomainError),
        ("relu(p=3/2)", DomainError), ("dense^(-1)", DomainError), ("bn(std=0)", DomainError),
        ("assume a > 2\nassume a < 1\nrelu(p=1/a)", DomainError), ("assume a < 0\nrelu", DomainError),
    ],
)
def test_mistakes_are_errors(text, kind):
    with pytest.raises(kind) as caught:
        network(text)
    assert caught.value.message


def test_let_is_one_object_and_recipes_are_fresh():
    shared = leaves(network("let W = dense >> relu\nb = dense\nW >> b >> W >> b").block)
    identities = [leaf.identity for leaf in shared]
    assert identities[:2] == identities[3:5]
    assert len(set(identities)) == 4
    assert [leaf.shared for leaf in shared] == [True, True, False, True, True, False]


def test_a_let_inside_a_repeat_is_the_same_in_every_copy():
    for text in ("let W = dense\n(W >> relu)^3", "let W = dense\nserial[l=1..3](W >> relu)"):
        weights = {leaf.identity for leaf in leaves(network(text).block) if leaf.rule.name == "dense"}
        assert len(weights) == 1
    fresh = {leaf.identity for leaf in leaves(network("serial[l=1..3](dense >> relu)").block)}
    assert len(fresh) == 6


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("bn >> dense", {"sigma_B"}), ("(bn >> dense) + (bn >> relu >> dense)", {"sigma_B"}),
        ("(bn >> dense) | (bn >> dense(k)) | id", {"sigma_B"}), ("dense >> bn >> dense >> bn", {"sigma_B1", "sigma_B2"}),
        ("bn >> dense >> ((bn >> relu) + (bn >> dense))", {"sigma_B1", "sigma_B2"}), ("bn >> dense >> ln", {"sigma_B", "sigma_L"}),
        ("(dense >> bn)^L", {"sigma_B"}), ("serial[l=1..3](dense >> bn)", {"sigma_B"}),
        ("serial[l=1..L](dense >> bn >> relu >> dense >> bn)", {"sigma_B1", "sigma_B2"}),
        ("b = dense >> bn\nb >> b", {"sigma_B1", "sigma_B2"}), ("bn(std=2) >> dense >> bn", {"sigma_B"}),
        ("(bn >> dense) + (smn >> dense)", {"sigma_B", "rho_S"}),
    ],
)
def test_one_vector_has_one_statistic(text, names):
    found = set()
    for leaf in leaves(network(text).block):
        for name in ("std", "rms"):
            value = leaf.arguments.get(name)
            if value is not None and value.number() is None:
                ((((base, _),), _),) = ((tuple(monomial), weight) for monomial, weight in value.terms.items())
                found.add(base)
    assert found == names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("relu(p=q)", "q <= 1"), ("dropout(keep=a/b)", "a/b <= 1"), ("dense(var=a - b)", "a - b >= 0"),
        ("dense(n/3)", "whole number"), ("dense(k - 2)", "k - 2 >= 1"), ("dense(b*n)", "whole number"),
        ("(dense >> bn)^L", "same statistics"),
    ],
)
def test_what_a_symbol_cannot_decide_is_printed(text, shown):
    assert any(shown in f"{assumption.statement} {assumption.because}" for assumption in network(text).assumptions)


@pytest.mark.parametrize("text", ["assume q < 1\nrelu(p=q)", "assume a <= b\ndropout(keep=a/b)", "dense(2*n)", "dense(k)",
                                  "assume a > b\ndense(var=a - b)", "dense(k + n)", "dense(k) >> dense(3*k*n)"])
def test_what_is_certain_is_not_an_assumption(text):
    assert [assumption for assumption in network(text).assumptions if assumption.name == "domain"] == []


def test_orthogonal_shapes_are_isometric_only_where_that_is_certain():
    def traits(text):
        return leaves(network(text).block)[-1].traits & {"isometric", "coisometric"}

    assert traits("orthogonal(k)") == frozenset() == traits("orthogonal(b*n)") == traits("orthogonal(n + k - j)")
    assert traits("orthogonal(2*n)") == {"isometric"} == traits("orthogonal(n + k)")
    assert traits("orthogonal(n/2)") == {"coisometric"}
    assert traits("assume k < n\northogonal(k)") == {"coisometric"}
    assert traits("assume b >= 1\northogonal(b*n)") == {"isometric"}
    assert traits("orthogonal") == {"isometric", "coisometric"}
    assert traits("input 5\nsum[l=5..L](dense(var=1/l)) >> orthogonal(l)") == frozenset()  # the l outside is another


def test_many_leaves_and_doubling_definitions_are_stopped():
    with pytest.raises(LimitError):
        network(" >> ".join(["dense"] * 50_001))
    for join in (">>", "+", "|"):
        lines = ["x0 = dense"] + [f"x{i} = x{i - 1} {join} x{i - 1}" for i in range(1, 200)]
        with pytest.raises(LimitError):
            network("\n".join([*lines, "x199"]))
    lines = ["f0(x) = dense(var=x/fan_in)"] + [f"f{i}(x) = f{i - 1}(x + x)" for i in range(1, 60)]
    assert derive(network("\n".join([*lines, "f59(1)"])), order=1).law.phi.number() == 2**59
    lines = ["f0(x) = dense(var=x)"] + [f"f{i}(x) = f{i - 1}(x*x + x) + f{i - 1}(x)" for i in range(1, 60)]
    with pytest.raises(LimitError):
        network("\n".join([*lines, "f59(s)"]))


@pytest.mark.parametrize("wrap", ["({})", "id + ({})", "({}) >> relu >> dense", "({})^2", "(1/2) * ({})", "id | ({})"])
def test_a_thousand_levels(wrap):
    text = "dense(var=1/fan_in)"
    for _ in range(1000):
        text = wrap.format(text)
    if wrap == "id | ({})":
        text = text.replace("dense(var", "dense(n, var")
    derivation = derive(network(text), order=2)
    assert derivation.law.rows is not None


def test_a_long_chain_of_definitions():
    depth = 1000
    lines = ["f0 = dense(var=1/fan_in)"] + [f"f{i} = id + (f{i - 1} >> relu >> dense(var=1/fan_in))" for i in range(1, depth)]
    derivation = derive(network("\n".join([*lines, f"f{depth - 1}"])), order=2)
    value = 1.0
    for _ in range(depth - 1):
        value = 1 + value / 2
    assert evaluate(derivation.law.phi, {}).to_float() == pytest.approx(value)
