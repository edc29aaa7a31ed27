"""One thread for matrices: those of the simulations are small, and several tests run at a time."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
