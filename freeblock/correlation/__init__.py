"""Correlation maps of deep fully connected networks: fixed points, phases, and how fast two inputs become alike."""
