"""Formulas in a paper: what a .tex file asks for, derived and written to a side file that LaTeX reads."""
