"""Keep linear algebra on one processor; imported before numpy, which reads this when it is loaded.

The matrices of a check are small. On them a second thread gains nothing, and on a busy machine the threads
wait for each other many times longer than they compute. Settings the user made are left alone.
"""

import os
import sys

_SETTINGS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

if "numpy" not in sys.modules:
    _ours = [name for name in _SETTINGS if name not in os.environ]
    os.environ.update(dict.fromkeys(_ours, "1"))
    import numpy  # noqa: F401

    for _name in _ours:
        del os.environ[_name]  # programs started later are no business of ours
