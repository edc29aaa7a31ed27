"""The few names of torch that the exported code uses, faithful to their documentation, with numpy arrays as weights.

torch itself is too large to install for a test. The signatures are torch's: normal_(tensor, mean, std), zeros_(tensor)
and orthogonal_(tensor, gain), which makes rows or columns orthonormal, whichever are fewer; Linear(in, out) has a
weight of shape (out, in).
"""

from __future__ import annotations

import types

import numpy as np

GENERATOR = np.random.default_rng(7)


class Linear:
    def __init__(self, in_features: int, out_features: int) -> None:
        self.weight = np.full((out_features, in_features), np.nan)
        self.bias = np.full(out_features, np.nan)


def normal_(tensor: np.ndarray, mean: float = 0.0, std: float = 1.0) -> None:
    tensor[:] = mean + std * GENERATOR.standard_normal(tensor.shape)


def zeros_(tensor: np.ndarray) -> None:
    tensor[:] = 0


def orthogonal_(tensor: np.ndarray, gain: float = 1) -> None:
    rows, columns = tensor.shape
    basis, triangle = np.linalg.qr(GENERATOR.standard_normal((max(rows, columns), min(rows, columns))))
    basis = basis * np.sign(np.diag(triangle))
    tensor[:] = gain * (basis if rows >= columns else basis.T)


def modules() -> dict[str, types.ModuleType]:
    """What `sys.modules` needs for `from torch.nn import init`."""
    found = {name: types.ModuleType(name) for name in ("torch", "torch.nn", "torch.nn.init")}
    found["torch.nn.init"].__dict__.update(normal_=normal_, zeros_=zeros_, orthogonal_=orthogonal_)
    found["torch.nn"].__dict__.update(init=found["torch.nn.init"], Linear=Linear)
    found["torch"].__dict__.update(nn=found["torch.nn"])
    return found
