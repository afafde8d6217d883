"""The global grade: how one picture's colours became another's, learnt where their paint is the same."""

import numpy as np
import numpy.typing as npt

from integration.measure.colour import Lab
from integration.measure.picture import Mask

_SAMPLES = 6_000
_ROUNDS = 5
_TRUSTED = 0.5
"""Share of the samples that fit best and are used again: what was painted over does not fit."""


def graded(before: Lab, after: Lab, same: Mask) -> Lab:
    """`before` with the grade of `after`: a quadratic map of colours, fitted to the pixels of `same` by trimmed least squares.

    A map of so few terms follows a change of light or exposure and no brush stroke.
    """
    colours, wanted = before.reshape(-1, 3), after.reshape(-1, 3)
    known = np.flatnonzero(same.ravel())
    chosen = known[np.linspace(0, len(known) - 1, min(_SAMPLES, len(known))).astype(np.intp)]
    terms, wanted = _terms(colours[chosen]), wanted[chosen]
    fitting = np.arange(len(chosen))
    for _ in range(_ROUNDS):
        weights = np.linalg.lstsq(terms[fitting], wanted[fitting], rcond=None)[0].astype(np.float32)
        residual = np.linalg.norm(terms @ weights - wanted, axis=1)
        fitting = np.flatnonzero(residual <= np.quantile(residual, _TRUSTED))
    return (_terms(colours) @ weights).reshape(before.shape)


def _terms(colours: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """N×10 for N×3: one, the three channels, their squares and their products."""
    x = colours / np.float32(50)
    terms = np.empty((len(x), 10), np.float32)
    terms[:, 0], terms[:, 1:4] = 1, x
    np.multiply(x, x, out=terms[:, 4:7])
    for column, (one, other) in enumerate(((0, 1), (0, 2), (1, 2)), start=7):
        np.multiply(x[:, one], x[:, other], out=terms[:, column])
    return terms
