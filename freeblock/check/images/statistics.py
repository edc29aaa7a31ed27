"""The statistics that normalisations take from a batch of images or vectors."""

from __future__ import annotations

import numpy as np

from freeblock.check.jacobian import Array
from freeblock.check.place import Place, Shape
from freeblock.errors import DomainError


def normalized(place: Place, shape: Shape | None, values: Array) -> tuple[Array, Array, float]:
    """Of n×B values: the factors 1/deviation, n×B; the values centred (where the rule says so) and scaled; a variance.

    Over the batch and all positions of a channel; over a group of channels of one image; or over all its units. A
    deviation of zero gives the factor zero. The variance is the mean over all sets: energy goes with it from channel
    to channel, so that it, not the mean of 1/variance, is what one number for all of them has to be. Raises DomainError
    where there is a single value to take it from.
    """
    units, batch = values.shape
    if place.over_batch:
        channels = units if shape is None else shape[0]
        sets = values.reshape(channels, -1, 1)
    else:
        sets = values.reshape(round(place.parameters.get("groups", 1)), -1, batch)
    if sets.shape[1] < 2:
        raise DomainError(f"`{place.label}` takes its statistics from a single value here", place.span,
                          "take more images with --batch" if place.over_batch else "normalize over more units")
    if place.parameters.get("centred", 1):
        sets = sets - sets.mean(axis=1, keepdims=True)
    root = np.sqrt(np.mean(sets**2, axis=1, keepdims=True))
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    factors = np.broadcast_to(inverse, sets.shape).reshape(units, batch)
    return factors, (sets * inverse).reshape(units, batch), float(np.mean(root**2))
