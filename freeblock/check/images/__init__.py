"""Networks on images: passes forwards and backwards, and the moments by products with random vectors."""
