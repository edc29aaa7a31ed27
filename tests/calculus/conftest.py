"""Small matrices in large batches are multiplied fastest by one thread; numpy reads this when it is loaded."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
