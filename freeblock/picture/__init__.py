"""The serial/parallel structure of a network as a picture, with φ and κ on each block."""
