"""CIEDE2000 gives the published differences."""

import numpy as np
import pytest

from integration.measure.colour import ciede2000

PUBLISHED = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0009), 7.1792),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0011), 7.2195),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0009, -2.4900), 4.8045),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)
"""Pairs of the table of Sharma, Wu and Dalal, 2005."""


@pytest.mark.parametrize(("one", "other", "difference"), PUBLISHED)
def test_the_published_pairs_differ_as_published(
    one: tuple[float, float, float], other: tuple[float, float, float], difference: float
) -> None:
    pair = [np.array([[colour]], np.float32) for colour in (one, other)]

    assert float(ciede2000(*pair)[0, 0]) == pytest.approx(difference, abs=2e-3)
    assert float(ciede2000(*reversed(pair))[0, 0]) == pytest.approx(difference, abs=2e-3)


def test_equal_colours_do_not_differ() -> None:
    greys = np.zeros((1, 5, 3), np.float32)
    greys[0, :, 0] = (0, 25, 50, 75, 100)

    assert ciede2000(greys, greys).max() == 0
