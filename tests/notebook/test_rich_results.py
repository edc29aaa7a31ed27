"""Every result shows itself in a notebook: as plain text, and as mathematics."""

from __future__ import annotations

import pytest

import freeblock as fb

RESULTS = {
    "derive": (fb.derive("(dense >> relu)^L"), r"\left(\frac{\sigma_{w}^{2}}{2}\right)^{L}"),
    "solve": (fb.solve("(dense >> relu)^L", "sigma_w"), r"\sqrt{2}"),
    "verify": (fb.verify("(dense >> relu)^L", "kappa = 2*L"), "EQUAL"),
    "compare": (fb.compare({"chain": "dense >> relu", "other": "orthogonal"}), r"\frac{\sigma_{w}^{2}}{2}"),
    "check": (fb.check("dense", width=8, samples=2), "phi"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_show_themselves(name: str) -> None:
    result, formula = RESULTS[name]
    shown = result._repr_mimebundle_()
    assert shown["text/plain"] == repr(result)
    assert any(formula in text for kind, text in shown.items() if kind != "text/plain"), shown
