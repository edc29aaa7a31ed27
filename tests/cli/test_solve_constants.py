"""Numbers that stand in a solution by name are said."""

from __future__ import annotations

import pytest
from command_line import run


@pytest.mark.parametrize(("form", "said"), [
    ("text", "with E2_gelu = 0.45585086564928"), ("markdown", r"- with $E_{2,\mathrm{gelu}} = 0.45585086564928"),
    ("latex", r", where $E_{2,\mathrm{gelu}} = 0.45585086564928"),
])
def test_the_value_of_a_mean_is_printed(form: str, said: str) -> None:
    """E gelu'(x)² = .45585086564929 by theory 1 §3.3 (five digits) and mpmath; a published scale has its value, too."""
    assert said in run("solve", "dense >> gelu", "--for", "sigma_w", "--format", form).out
    assert "lambda_selu = 1.05070098" in run("solve", "dense >> selu", "--for", "sigma_w").out
