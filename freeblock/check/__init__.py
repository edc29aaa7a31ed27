"""Monte Carlo: sample the random matrices a network describes, and compare their moments with predictions."""

from freeblock.check.data import Data
from freeblock.check.gradients import BlockGradient
from freeblock.check.images.run import Copy, run_image_check
from freeblock.check.monte_carlo import sample_moments
from freeblock.check.result import CheckResult
from freeblock.check.run import run_check
from freeblock.check.samples import Samples
from freeblock.check.signal_result import SignalCheck, left_out
from freeblock.check.signals import SignalPrediction, check_signal
from freeblock.check.unknowns import UNTIL_MEASURED, measured_symbols
from freeblock.check.verdict import OrderResult, compare

__all__ = [
    "UNTIL_MEASURED", "BlockGradient", "CheckResult", "Copy", "Data", "OrderResult", "Samples", "SignalCheck",
    "SignalPrediction",
    "check_signal", "compare", "left_out", "measured_symbols", "run_check", "run_image_check", "sample_moments",
]
