"""Polygons of things, in frame heights: x to the right, y down, (0, 0) the frame's top left corner."""

import numpy as np
import numpy.typing as npt

Polygon = npt.NDArray[np.float64]
"""N×2 float64 points in frame heights, closed by the reader."""


def ridge(rng: np.random.Generator, aspect: float, y: float, swing: float, roughness: float, halvings: int = 7) -> Polygon:
    """A line from the left to the right edge by midpoint displacement, wide frames in as many pieces as they need."""
    pieces = max(1, round(aspect / 1.8))
    xs = np.linspace(-0.05, aspect + 0.05, pieces + 1)
    ys = rng.normal(0, swing * 0.4, pieces + 1)
    step = swing
    for _ in range(halvings):
        middle = (ys[:-1] + ys[1:]) / 2 + rng.normal(0, step, len(ys) - 1)
        step *= roughness
        xs = _interleave(xs, (xs[:-1] + xs[1:]) / 2)
        ys = _interleave(ys, middle)
    return np.stack([xs, y + ys], 1)


def _interleave(outer: Polygon, inner: Polygon) -> Polygon:
    both = np.empty(len(outer) + len(inner))
    both[0::2], both[1::2] = outer, inner
    return both


def below(line: Polygon, aspect: float) -> Polygon:
    """The land under a ridge line, down to below the frame."""
    return np.vstack([line, [[aspect + 0.1, 1.1], [-0.1, 1.1]]])


def ellipse(x: float, y: float, radius_x: float, radius_y: float, points: int = 32) -> Polygon:
    """An ellipse."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([x + radius_x * np.cos(turn), y + radius_y * np.sin(turn)], 1)


def leafy(rng: np.random.Generator, x: float, y: float, radius_x: float, radius_y: float) -> Polygon:
    """A round clump of leaves with a bumpy edge."""
    turn = np.linspace(0, 2 * np.pi, 44, endpoint=False)
    phase = rng.random(3) * 7
    bumps = 0.07 * np.abs(np.sin(4.5 * turn + phase[0])) + 0.06 * np.sin(3 * turn + phase[1]) + 0.05 * np.sin(2 * turn + phase[2])
    return np.stack([x + radius_x * (1 + bumps) * np.cos(turn), y + radius_y * (1 + bumps) * np.sin(turn)], 1)


def trunk(x: float, y: float, size: float) -> Polygon:
    """The trunk of a broadleaf tree of `size` high standing at (x, y)."""
    foot, top = size * 0.045, size * 0.026
    return np.array([[x - foot, y], [x - top, y - size * 0.6], [x + top, y - size * 0.6], [x + foot, y]])


def conifer_tiers(x: float, y: float, size: float, tiers: int) -> list[Polygon]:
    """The skirts of a conifer, lowest first."""
    shapes = []
    for tier in range(tiers):
        share = tier / tiers
        foot = y - size * 0.1 - size * 0.8 * share
        half, high = size * 0.25 * (1 - share * 0.78), size * 1.4 / tiers
        left = [[x - half, foot], [x - half * 0.42, foot - high * 0.42]]
        right = [[x + half * 0.42, foot - high * 0.42], [x + half, foot]]
        shapes.append(np.array([*left, [x, foot - high], *right, [x, foot + high * 0.09]]))
    return shapes


def pole(x: float, y: float, height: float) -> tuple[Polygon, Polygon]:
    """A utility pole and its cross arm."""
    half, arm, thick = max(0.004, height * 0.017), height * 0.1, height * 0.012
    mast = np.array([[x - half, y], [x - half * 0.7, y - height], [x + half * 0.7, y - height], [x + half, y]])
    top = y - height * 0.9
    return mast, np.array([[x - arm, top - thick], [x + arm, top - thick], [x + arm, top + thick], [x - arm, top + thick]])


def wire(start: tuple[float, float, float], end: tuple[float, float, float]) -> Polygon:
    """The sagging wire between the arms of two poles given as (x, y, height)."""
    share = np.linspace(0, 1, 20)
    first, last = start[1] - start[2] * 0.9, end[1] - end[2] * 0.9
    sag = np.sin(np.pi * share) * abs(end[0] - start[0]) * 0.05
    return np.stack([start[0] + (end[0] - start[0]) * share, first * (1 - share) + last * share + sag], 1)
