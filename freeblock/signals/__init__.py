"""Signals that pass a network: mean squares and correlations, and what gradients do beside them."""
