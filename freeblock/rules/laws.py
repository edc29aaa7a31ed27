"""Reading what a rule says about its Jacobian: one form of the law, and the traits."""

from __future__ import annotations

from freeblock.activation.on_demand import VARIABLE as VARIABLE_OF_FUNCTION
from freeblock.activation.on_demand import read_function
from freeblock.errors import FreeblockError, did_you_mean
from freeblock.formula.notations import Plain
from freeblock.formula.printing import print_expression
from freeblock.formula.sums import total
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Name, Node, Relation
from freeblock.rules.document import Listing, Problems, Scalar, Unreadable, Value
from freeblock.rules.fields import Fields, as_formula, as_relation, as_scalar
from freeblock.rules.rule import TRAITS, Jacobian
from freeblock.rules.schema import JACOBIAN_KEYS, LAW_KEYS, MEAN_SQUARE, ORDER, VARIABLE
from freeblock.rules.scope import Scope
from freeblock.source import Span

_LAWS = "moments, first and second, measure, s_transform, function, derivative, or opaque: true"


def read_jacobian(value: Value, at: Span, scope: Scope, *extra: str) -> Jacobian:
    """The Jacobian under a key; its formulas may use the `extra` names too."""
    fields = Fields(value, "a Jacobian", JACOBIAN_KEYS, at, scope.problems)
    if not isinstance(value, Unreadable):
        _check_form(fields, scope.problems)
    moments = fields.formula("moments")
    scope.check(moments, ORDER, *extra)
    s_transform = fields.formula("s_transform")
    scope.check(s_transform, VARIABLE, *extra)
    first, second = fields.formula("first"), fields.formula("second")
    scope.check(first, *extra)
    scope.check(second, *extra)
    function, derivative = (read_unit_function(fields, key, scope, extra) for key in ("function", "derivative"))
    return Jacobian(
        function=function,
        derivative=derivative,
        moments=moments,
        first=first,
        second=second,
        measure=_read_measure(fields, scope, extra),
        s_transform=s_transform,
        opaque=fields.flag("opaque"),
        traits=_read_traits(fields, scope, extra),
    )


def read_unit_function(fields: Fields, key: str, scope: Scope, extra: tuple[str, ...]) -> Node | None:
    """A function of x over the parameters, or the name of a parameter that is one."""
    node = fields.formula(key)
    if node is None:
        return None
    if isinstance(node, Name) and node.name in scope.functions:
        scope.used.add(node.name)
    elif scope.check_names(node, VARIABLE_OF_FUNCTION, *extra) and not scope.problems.ours:
        try:
            read_function(node, {}, free=True, jumps=key == "derivative")
        except FreeblockError as error:
            scope.problems.add_error(error)
            scope.problems.lost += 1
    scope.used.add(MEAN_SQUARE)
    return node


def _check_form(fields: Fields, problems: Problems) -> None:
    """The law is given in exactly one form."""
    forms = [key for key in LAW_KEYS if key in fields and key != "second"]
    if "second" in fields and "first" not in fields:
        problems.add("`second` needs `first`", fields.span("second"))
    elif "first" in fields and "second" not in fields:
        problems.add("`first` needs `second`", fields.span("first"))
    elif not forms:
        problems.add("a Jacobian needs a law", fields.at, f"write one of {_LAWS}")
    for key in forms[1:]:
        message = f"the law is given twice: `{forms[0]}` and `{key}`"
        problems.add(message, fields.span(key), "keep one of them")


def _read_traits(fields: Fields, scope: Scope, extra: tuple[str, ...]) -> dict[str, Relation | None]:
    traits: dict[str, Relation | None] = {}
    if "function" in fields or "derivative" in fields:
        traits["diagonal"] = None
    for name, (key, value) in fields.mapping("traits").items():
        if name not in TRAITS:
            close = did_you_mean(name, TRAITS)
            scope.problems.add(
                f"there is no trait `{name}`", key.span,
                f"did you mean `{close}`?" if close else f"the traits are {', '.join(TRAITS)}",
            )
            continue
        scalar = as_scalar(value, f"the trait `{name}`", key.span, scope.problems)
        if scalar is None:
            continue
        if scalar.text == "false":
            scope.problems.add("a trait that does not hold is left out", scalar.span)
            continue
        if scalar.text == "true":
            traits[name] = None
            continue
        relation = as_relation(scalar, scope.problems)
        scope.check(relation, *extra)
        if relation is not None:
            traits[name] = relation
    return traits


def _read_measure(fields: Fields, scope: Scope, extra: tuple[str, ...]) -> tuple[tuple[Node, Node], ...]:
    """The atoms, checked to be a probability measure."""
    atoms: list[tuple[Node, Node]] = []
    sound = True
    for item in fields.items("measure"):
        parts = item.items if isinstance(item, Listing) else ()
        formulas = [_read_part(part, scope, extra) for part in parts]
        if len(parts) != 2:
            if not isinstance(item, Unreadable):
                scope.problems.add("an atom is a value and its weight", item.span, "write `[value, weight]`")
            sound = False
        elif formulas[0] is None or formulas[1] is None:
            sound = False
        else:
            atoms.append((formulas[0], formulas[1]))
    if "measure" in fields and not atoms and sound and isinstance(fields.value("measure"), Listing):
        scope.problems.add("a measure needs an atom", fields.span("measure"), "write `[[value, weight], …]`")
    if atoms and sound:
        _check_weights(atoms, fields.span("measure"), scope.problems)
    return tuple(atoms)


def _read_part(value: Value, scope: Scope, extra: tuple[str, ...]) -> Node | None:
    scalar: Scalar | None = as_scalar(value, "a value or weight", value.span, scope.problems)
    formula = as_formula(scalar, scope.problems) if scalar else None
    return formula if scope.check(formula, *extra) else None


def _check_weights(atoms: list[tuple[Node, Node]], at: Span, problems: Problems) -> None:
    """Numbers are not negative, and the weights add up to 1 whatever the parameters are."""
    weights = []
    for value, weight in atoms:
        for formula in (value, weight):
            known = to_expression(formula, {}, free=True).number()
            if known is not None and known < 0:
                problems.add("a value or weight of a measure is not negative", formula.span)
                return
        weights.append(to_expression(weight, {}, free=True))
    whole = total(weights)
    if not whole.is_one:
        problems.add(f"the weights add up to {print_expression(whole, Plain())}, not to 1", at)
