"""Monte Carlo: sample the random matrices a network describes, and compare their moments with predictions."""

from freeblock.check.monte_carlo import sample_moments
from freeblock.check.result import CheckResult
from freeblock.check.run import run_check
from freeblock.check.samples import Samples
from freeblock.check.verdict import OrderResult, compare

__all__ = ["CheckResult", "OrderResult", "Samples", "compare", "run_check", "sample_moments"]
