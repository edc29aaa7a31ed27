"""Functions of one real variable x: read from a formula, differentiated, and averaged over a Gaussian x."""
