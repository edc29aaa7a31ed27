"""The scalar language: exact normal form, evaluation in log space, printing; sympy only at the edge."""

# Whoever imports an expression finds its operators in place.
import freeblock.formula.operators  # noqa: F401
