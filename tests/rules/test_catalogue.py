"""Our components, the user's over them, and hints for names nobody has."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import jsonschema
import pytest
from rule_texts import SOUND

from freeblock.errors import ErrorList
from freeblock.resources import directory
from freeblock.rules.catalogue import load_catalogue
from freeblock.rules.reader import read_library
from freeblock.rules.schema import SAMPLERS
from freeblock.source import Source

VECTOR_NAMES = (
    "dense", "orthogonal", "scaled_weight_standardization", "weight_norm", "relu", "leaky_relu", "prelu", "tanh", "selu",
    "elu", "gelu", "silu", "softplus", "mish", "hard_tanh", "hard_swish", "erf", "sin", "abs", "sigmoid", "sprelu",
    "crelu", "activation", "spike_sigmoid", "spike_arctan", "spike_rectangular", "dropout", "plain_dropout",
    "layer_scale", "diagonal_gain", "batch_norm", "layer_norm", "rms_norm", "second_moment_norm", "l1_moment_norm",
    "permutation", "id", "opaque",
)
IMAGE_NAMES = (
    "conv", "depthwise_conv", "conv_orthogonal", "conv_delta_orthogonal", "avg_pool", "max_pool", "global_avg_pool",
    "flatten", "upsample", "subsample", "zero_pad_channels", "channel_dropout", "group_norm", "instance_norm",
)
NAMES = (*VECTOR_NAMES, *IMAGE_NAMES)
OVERRIDE = SOUND.replace("gate:", "relu:").replace("  kind", "  override: true\n  kind")


def library(text: str, name: str = "mine.yaml") -> Source:
    return Source(name, text)


def problems(*texts: str) -> list[tuple[str, int, int, str, str | None]]:
    with pytest.raises(ErrorList) as caught:
        load_catalogue([library(text, f"{number}.yaml") for number, text in enumerate(texts)])
    return [(error.span.source.name, error.span.line, error.span.column, error.message, error.hint)
            for error in caught.value.errors]


def test_our_names_and_aliases():
    catalogue = load_catalogue()
    assert catalogue.names() == NAMES
    assert catalogue.aliases() == {
        "sws": "scaled_weight_standardization", "bn": "batch_norm", "ln": "layer_norm", "smn": "second_moment_norm",
        "swish": "silu",
    }
    assert catalogue.find("bn") is catalogue.find("batch_norm")
    assert catalogue.find("nothing") is None


def test_our_library_passes_the_reader_it_is_trusted_to_pass():
    for file, names in (("components", VECTOR_NAMES), ("images", IMAGE_NAMES)):
        text = (directory("library") / f"{file}.yaml").read_text(encoding="utf-8")
        assert tuple(read_library(library(text))) == names


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_is_complete(name):
    rule = load_catalogue().find(name)
    assert rule is not None and rule.name == name
    assert rule.title and rule.source
    assert rule.sample is not None or name == "opaque"
    assert rule.sample is None or set(rule.sample.parameters) == set(SAMPLERS[rule.sample.name])
    for parameter in rule.parameters.values():
        assert parameter.meaning
        assert parameter.domain is not None or parameter.label or parameter.ignored or parameter.of_x


@pytest.mark.parametrize("name", NAMES)
def test_each_source_is_in_the_bibliography(name):
    keys = re.findall(r"@\w+\{(\w+),", (directory("library") / "references.bib").read_text(encoding="utf-8"))
    assert len(keys) == len(set(keys))
    source = load_catalogue().find(name).source
    assert source == "by definition" or set(source.split(", ")) <= set(keys)


@pytest.mark.parametrize(("name", "hint"), [
    ("rleu", "did you mean `relu`?"), ("Relu", "did you mean `relu`?"), ("denes", "did you mean `dense`?"),
    ("batchnorm", "did you mean `batch_norm`?"), ("smm", "did you mean `smn`?"),
    ("Linear", "did you mean `dense`?"), ("BatchNorm2d", "did you mean `batch_norm`?"),
    ("LayerNorm", "did you mean `layer_norm`?"), ("RMSNorm", "did you mean `rms_norm`?"),
    ("LeakyReLU", "did you mean `leaky_relu`?"), ("Identity", "did you mean `id`?"),
    ("ReLU", "write `relu`"), ("SELU", "write `selu`"), ("PReLU", "write `prelu`"), ("Tanh", "write `tanh`"),
])
def test_suggestion(name, hint):
    assert load_catalogue().suggest(name) == hint


def test_suggestions_that_explain():
    catalogue = load_catalogue()
    assert "dropout(keep=1-p)" in catalogue.suggest("Dropout")
    assert ">>" in catalogue.suggest("Sequential")
    assert "convolutions" in catalogue.suggest("Conv2d")
    assert catalogue.suggest("zzzzzz") is None


def test_user_library_adds_rules():
    catalogue = load_catalogue([library(SOUND.replace("  kind", "  aliases: [door]\n  kind"))])
    assert catalogue.names() == (*NAMES, "gate")
    assert catalogue.find("door") is catalogue.find("gate")
    assert catalogue.suggest("gat") == "did you mean `gate`?"
    assert load_catalogue().find("gate") is None


def test_user_library_overrides_where_it_says_so():
    catalogue = load_catalogue([library(OVERRIDE)])
    assert catalogue.find("relu").title == "A gate"
    assert catalogue.names() == NAMES
    assert load_catalogue().find("relu").title == "Rectified linear unit"


def test_overridden_rule_keeps_its_aliases():
    catalogue = load_catalogue([library(OVERRIDE.replace("relu:", "batch_norm:"))])
    assert catalogue.find("bn").title == "A gate"


def test_redefinition_says_override():
    assert problems(SOUND.replace("gate:", "relu:")) == [
        ("0.yaml", 1, 1, "there is a rule `relu` already", "say `override: true` to put this one in its place")
    ]


def test_override_needs_something_to_override():
    assert problems(OVERRIDE.replace("relu:", "rellu:")) == [
        ("0.yaml", 3, 3, "there is no rule `rellu` to override", "did you mean `relu`?")
    ]


def test_alias_of_ours_is_taken():
    assert problems(OVERRIDE.replace("relu:", "bn:"))[0][3] == "`bn` is another name of `batch_norm`"
    aliased = SOUND.replace("  kind", "  aliases: [x, bn]\n  kind")
    assert problems(aliased)[0][:4] == ("0.yaml", 3, 16, "the alias `bn` is a name of the rule `batch_norm` already")
    aliased = SOUND.replace("  kind", "  aliases: [relu]\n  kind")
    assert problems(aliased)[0][:4] == ("0.yaml", 3, 13, "the alias `relu` is a name of the rule `relu` already")


def test_problems_of_several_libraries_come_together():
    found = problems(SOUND.replace("source", "sauce"), SOUND.replace("activation", "x"), SOUND)
    assert [each[:3] for each in found] == [
        ("0.yaml", 1, 1), ("0.yaml", 11, 3), ("1.yaml", 1, 1), ("1.yaml", 3, 9), ("2.yaml", 1, 1)
    ]


def test_faulty_rule_is_still_checked_against_ours():
    messages = [each[3] for each in problems(SOUND.replace("gate:", "relu:").replace("activation", "x"))]
    assert messages == ["there is a rule `relu` already", "`kind` cannot be `x`"]


def test_the_example_of_the_guide_is_accepted():
    guide = (directory("library") / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL).group(1)
    catalogue = load_catalogue([library(example)])
    assert catalogue.find("clip") is catalogue.find("window")
    assert catalogue.find("scaled_identity") is not None


def test_editors_schema_accepts_our_library_and_the_example():
    import json

    import yaml

    folder = directory("library")
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    guide = (folder / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL).group(1)
    for text in ((folder / "components.yaml").read_text(encoding="utf-8"), example):
        jsonschema.validate(yaml.safe_load(text), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(SOUND.replace("kind", "kin")), schema)


def test_editors_schema_knows_the_words_of_the_reader():
    import json

    from freeblock.rules import schema as words
    from freeblock.rules.rule import TRAITS

    schema = json.loads((directory("library") / "schema.json").read_text(encoding="utf-8"))
    parts = schema["$defs"]
    assert set(parts["rule"]["properties"]) == set(words.RULE_KEYS)
    assert set(parts["parameter"]["properties"]) == set(words.PARAMETER_KEYS)
    assert set(parts["jacobian"]["properties"]) == set(words.JACOBIAN_KEYS)
    assert set(parts["premise"]["properties"]) == set(words.PREMISE_KEYS)
    assert tuple(parts["jacobian"]["properties"]["traits"]["propertyNames"]["enum"]) == TRAITS
    assert set(parts["sample"]["properties"]["sampler"]["enum"]) == set(SAMPLERS)
    assert set(parts["name"]["not"]["enum"]) == words.RESERVED


def test_our_library_is_the_same_from_the_cache_and_needs_no_yaml_then(tmp_path):
    code = (
        "import sys\n"
        "from freeblock.rules.catalogue import load_catalogue\n"
        "catalogue = load_catalogue()\n"
        "rules = [catalogue.find(name) for name in catalogue.names()]\n"
        "print('yaml' in sys.modules, catalogue.aliases(), [(rule, rule.span, rule.width.span) for rule in rules])"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    cold, warm = (
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    assert cold.startswith("True ") and warm == cold.replace("True ", "False ", 1)
