"""How many moments are derived; by itself, so that the command line knows it without loading the calculus."""

MAX_ORDER = 12
"""The highest moment that is derived."""
