"""Procedural landscapes: where things stand, the same in every season, at every hour and in every weather."""

from dataclasses import dataclass

import numpy as np

from render_service.house import shapes
from render_service.house.shapes import Polygon

STANDARD_ASPECT = 16 / 9
"""Width over height of a standard frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sun:
    """The sun, or at night the moon."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """A cumulus with a flat foot."""

    lobes: tuple[Polygon, ...]
    top: float
    foot: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """A mountain range, a hill, the ground or the foreground: all below one line."""

    kind: str
    line: Polygon
    depth: float
    """0 near, 1 at the horizon."""
    foot: float
    """Where the land ends behind the next one, y."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A river or a road, from the horizon to the viewer."""

    kind: str
    middle: Polygon
    width: Polygon
    """Width at every point of `middle`."""

    def outline(self) -> Polygon:
        """Both banks as one polygon, the left bank first."""
        half = np.stack([self.width / 2, np.zeros_like(self.width)], 1)
        return np.vstack([self.middle - half, (self.middle + half)[::-1]])

    def ripples(self) -> list[Polygon]:
        """Short level strokes on the water."""
        picked = range(8, len(self.middle) - 1, 4)
        return [self.middle[i] + np.array([[-0.28, 0.0], [0.18, 0.0]]) * self.width[i] for i in picked]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A gabled house seen from a corner."""

    x: float
    y: float
    width: float
    height: float
    roof: float
    """Height of the roof over the wall."""
    side: int
    """Side of the gable: -1 left, 1 right; it also chooses the roof's colour, so that the drawing tells it."""
    windows: int

    def wall(self) -> Polygon:
        """The long wall."""
        left, right = self.x - self.width / 2, self.x + self.width / 2
        return np.array([[left, self.y - self.height], [right, self.y - self.height], [right, self.y], [left, self.y]])

    def gable(self) -> Polygon:
        """The short wall with its gable."""
        edge, deep, top = self.x + self.side * self.width / 2, self.width * 0.36 * self.side, self.y - self.height
        peak = [edge + deep / 2, top - self.roof * 0.95]
        return np.array([[edge, self.y], [edge, top], peak, [edge + deep, top], [edge + deep, self.y - self.height * 0.08]])

    def roof_front(self) -> Polygon:
        """The slope of the roof towards the viewer."""
        over, side, top = self.width * 0.09, self.side, self.y - self.height
        edge = self.x + side * self.width / 2
        eave = [[self.x - side * (self.width / 2 + over), top + over * 0.4], [edge + side * over * 0.1, top + over * 0.4]]
        far = [self.x - side * self.width * 0.4, top - self.roof]
        return np.array([*eave, [edge + 0.18 * self.width * side, top - self.roof], far])

    def panes(self) -> list[Polygon]:
        """The windows of the long wall."""
        result = []
        for window in range(self.windows):
            middle = self.x - self.width / 2 + self.width * (window + 0.5) / self.windows
            half, top, foot = self.width / self.windows * 0.26, self.y - self.height * 0.72, self.y - self.height * 0.34
            result.append(np.array([[middle - half, top], [middle + half, top], [middle + half, foot], [middle - half, foot]]))
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A broadleaf tree: clumps of leaves, the hindmost first."""

    x: float
    y: float
    size: float
    clumps: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conifer:
    """A conifer."""

    x: float
    y: float
    size: float
    tiers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pole:
    """A utility pole, with the next one its wire leads to."""

    x: float
    y: float
    height: float
    following: tuple[float, float, float] | None


Element = Sun | Cloud | Land | Way | House | Tree | Conifer | Pole
"""Anything a scene shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """A whole scene, in frame heights."""

    seed: int
    """What it was made from."""
    aspect: float
    """Width over height."""
    horizon: float
    """y of the farthest land's foot."""
    ground: float
    """y where the ground begins."""
    elements: tuple[Element, ...]
    """Everything shown, the farthest first."""
    names: tuple[str, ...]
    """Which kinds of things are shown, as `words` names them."""


def scenery(seed: int, aspect: float = STANDARD_ASPECT) -> Scenery:
    """The scene of a seed; the same seed and aspect always give the same scene."""
    rng = np.random.default_rng([seed, 0x5CE7E])
    horizon = rng.uniform(0.44, 0.62)
    sky = _sky(rng, aspect)
    lands, ground = _lands(rng, aspect, horizon)
    way = _way(rng, aspect, ground)
    things = _things(rng, aspect, ground, way) + _poles(rng, aspect, ground)
    things.sort(key=lambda thing: thing.y)
    near: list[Element] = []
    if rng.random() < 0.45:
        line = shapes.ridge(rng, aspect, rng.uniform(0.91, 0.97), 0.018, 0.55)
        near.append(Land(kind="foreground", line=line, depth=0.0, foot=1.0))
    elements: list[Element] = [*sky, *lands, *([way] if way else []), *things, *near]
    return Scenery(seed=seed, aspect=aspect, horizon=horizon, ground=ground, elements=tuple(elements), names=_names(elements))


def _sky(rng: np.random.Generator, aspect: float) -> list[Element]:
    sky: list[Element] = []
    if rng.random() < 0.5:
        sky.append(Sun(x=aspect * rng.uniform(0.1, 0.9), y=rng.uniform(0.08, 0.26), radius=rng.uniform(0.03, 0.05)))
    clouds = int(rng.integers(0, 4) * max(1.0, aspect / 2))
    sky.extend(_cloud(rng, aspect * rng.random(), rng.uniform(0.08, 0.34), rng.uniform(0.07, 0.17)) for _ in range(clouds))
    return sky


def _cloud(rng: np.random.Generator, x: float, y: float, size: float) -> Cloud:
    count = int(rng.integers(4, 8))
    lobes = []
    for lobe in range(count):
        share = (lobe + 0.5) / count * 2 - 1
        radius = size * (1.05 - 0.6 * abs(share)) * rng.uniform(0.6, 0.85)
        lobes.append(shapes.ellipse(x + share * size * 1.8, y - (1 - share * share) * size * rng.uniform(0.2, 0.55), radius, radius * 0.8))
    lobes.sort(key=lambda lobe: float(lobe[:, 1].min()))
    return Cloud(lobes=tuple(lobes), top=float(min(lobe[:, 1].min() for lobe in lobes)), foot=y + size * 0.2)


def _lands(rng: np.random.Generator, aspect: float, horizon: float) -> tuple[list[Element], float]:
    lands: list[Element] = []
    ranges = int(rng.choice([0, 1, 2], p=[0.25, 0.45, 0.3]))
    for index in range(ranges):
        y = horizon - (0.25 - 0.1 * index) * rng.uniform(0.6, 1.1)
        line = shapes.ridge(rng, aspect, y, 0.1, 0.54, 6)
        lands.append(Land(kind="mountain", line=line, depth=1.0 - 0.2 * index, foot=horizon))
    hills = int(rng.integers(1, 4))
    for index in range(hills):
        line = shapes.ridge(rng, aspect, horizon - 0.07 + 0.05 * index, 0.045, 0.4, 6)
        lands.append(Land(kind="hill", line=line, depth=0.65 - 0.18 * index, foot=horizon + 0.08 + 0.02 * index))
    ground = horizon + 0.03 * hills
    lands.append(Land(kind="ground", line=shapes.ridge(rng, aspect, ground, 0.01, 0.45, 5), depth=0.3, foot=1.0))
    return lands, ground


def _way(rng: np.random.Generator, aspect: float, ground: float) -> Way | None:
    kind = str(rng.choice(["river", "road", ""], p=[0.36, 0.42, 0.22]))
    if not kind:
        return None
    far, near = aspect * rng.uniform(0.25, 0.75), aspect * rng.uniform(0.1, 0.9)
    bend, wave = rng.normal(0, 0.26, 2)
    share = np.linspace(0, 1, 28)
    x = far + (near - far) * share + bend * np.sin(np.pi * share) + wave * 0.6 * np.sin(2 * np.pi * share)
    y = ground + 0.015 + (1.05 - ground) * share**1.5
    width = 0.014 + rng.uniform(0.2, 0.42) * share**1.7 * (1.5 if kind == "river" else 1.0)
    return Way(kind=kind, middle=np.stack([x, y], 1), width=width)


def _things(rng: np.random.Generator, aspect: float, ground: float, way: Way | None) -> list[House | Tree | Conifer | Pole]:
    crowd = aspect / STANDARD_ASPECT
    houses = int(rng.integers(1, 6) * crowd) if rng.random() < 0.75 else 0
    trees = int(rng.integers(1, 11) * crowd)
    things: list[House | Tree | Conifer | Pole] = []
    for index in range(houses + trees):
        near = rng.random() ** 1.5
        y, size, x = ground + 0.03 + (0.9 - ground) * near, 0.075 + 0.3 * near, aspect * rng.uniform(-0.02, 1.02)
        if way:
            middle, width = np.interp(y, way.middle[:, 1], way.middle[:, 0]), np.interp(y, way.middle[:, 1], way.width)
            if abs(x - middle) < width * 0.6 + size * 0.55:
                x = float(middle + np.sign(x - middle + 1e-3) * (width * 0.6 + size * 0.75))
        if index < houses:
            things.append(_house(rng, x, y, size))
        elif rng.random() < 0.35:
            things.append(Conifer(x=x, y=y, size=size * rng.uniform(1.0, 1.7), tiers=int(rng.integers(3, 6))))
        else:
            things.append(_tree(rng, x, y, size * rng.uniform(0.95, 1.6)))
    return things


def _house(rng: np.random.Generator, x: float, y: float, size: float) -> House:
    side = -1 if rng.random() < 0.5 else 1
    width, height, roof = size * rng.uniform(0.85, 1.3), size * rng.uniform(0.38, 0.5), size * rng.uniform(0.3, 0.42)
    return House(x=x, y=y, width=width, height=height, roof=roof, side=side, windows=int(rng.integers(1, 4)))


def _tree(rng: np.random.Generator, x: float, y: float, size: float) -> Tree:
    centres = []
    for _ in range(int(rng.integers(4, 7))):
        turn, far = rng.random() * 2 * np.pi, rng.random() ** 0.5
        centres.append(
            (x + np.cos(turn) * far * size * 0.26, y - size * 0.7 + np.sin(turn) * far * size * 0.2, size * rng.uniform(0.17, 0.26))
        )
    centres.sort(key=lambda centre: centre[1])
    return Tree(x=x, y=y, size=size, clumps=tuple(shapes.leafy(rng, cx, cy, r, r * 0.85) for cx, cy, r in centres))


def _poles(rng: np.random.Generator, aspect: float, ground: float) -> list[House | Tree | Conifer | Pole]:
    if rng.random() > 0.3:
        return []
    count = int(rng.integers(2, 5))
    first, last = aspect * rng.uniform(0.02, 0.3), aspect * rng.uniform(0.5, 0.98)
    if rng.random() < 0.5:
        first, last = aspect - first, aspect - last
    placed = []
    for index in range(count):
        far = index / (count - 1)
        near = (1 - far) ** 1.6
        placed.append((first + (last - first) * far**0.7, ground + 0.04 + (0.8 - ground) * near, 0.18 + 0.55 * near))
    following = [*placed[1:], None]
    return [Pole(x=x, y=y, height=height, following=after) for (x, y, height), after in zip(placed, following, strict=True)]


def _names(elements: list[Element]) -> tuple[str, ...]:
    names = set()
    for element in elements:
        match element:
            case Cloud():
                names.add("clouds")
            case Land(kind="mountain"):
                names.add("mountains")
            case Land(kind="hill"):
                names.add("hills")
            case Way(kind=kind):
                names.add(kind)
            case House():
                names.add("houses")
            case Tree() | Conifer():
                names.add("trees")
            case Pole():
                names.add("poles")
            case _:
                pass
    return tuple(sorted(names))
