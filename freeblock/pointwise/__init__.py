"""Activations given by their formula in x: read, evaluated with their derivative, expanded at 0, averaged."""
