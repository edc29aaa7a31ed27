"""Results as code: self-contained functions in other languages, macros for LaTeX, initialisation for torch."""
