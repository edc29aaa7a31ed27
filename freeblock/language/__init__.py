"""The language: from text to a tree of nodes, and back."""
