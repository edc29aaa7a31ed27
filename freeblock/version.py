"""The version, in one place that nothing needs to be loaded for."""

__version__ = "0.1.0"
