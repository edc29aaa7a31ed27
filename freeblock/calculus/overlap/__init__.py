"""The overlap theorem in formulas: ϕ of networks whose activation patterns look at one stream."""
