"""The scalar language: exact normal form, evaluation in log space, printing; sympy only at the edge."""
