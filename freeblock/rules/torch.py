"""What torch calls the components: no aliases, since their arguments mean other things, but a hint."""

from __future__ import annotations

_COUNTERPARTS = {
    "linear": "dense",
    "lazylinear": "dense",
    "batchnorm": "batch_norm",
    "batchnorm1d": "batch_norm",
    "batchnorm2d": "batch_norm",
    "layernorm": "layer_norm",
    "rmsnorm": "rms_norm",
    "leakyrelu": "leaky_relu",
    "identity": "id",
}
_ADVICE = {
    "conv1d": "convolutions are not there yet; `dense` is the fully connected layer",
    "conv2d": "convolutions are not there yet; `dense` is the fully connected layer",
    "conv3d": "convolutions are not there yet; `dense` is the fully connected layer",
    "sequential": "blocks one after the other are joined with `>>`: first >> second",
}
_SPELLINGS = {
    "ReLU": "write `relu`",
    "SELU": "write `selu`",
    "PReLU": "write `prelu`",
    "Tanh": "write `tanh`",
    "Dropout": "write `dropout(keep=1-p)`: keep is the probability that a unit is kept",
}


def torch_advice(name: str) -> str | None:
    """What to write for a component of torch, None for a name torch does not have."""
    spelled = _SPELLINGS.get(name)
    if spelled is not None:
        return spelled
    folded = name.replace("_", "").casefold()
    counterpart = _COUNTERPARTS.get(folded)
    return f"did you mean `{counterpart}`?" if counterpart else _ADVICE.get(folded)
