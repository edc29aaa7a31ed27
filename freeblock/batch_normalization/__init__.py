"""Batch normalization beyond the Jacobian of one block: growth at finite batch, isometry gap, Haar moments, shaping."""
