"""The order of one entity's status changes within one second, which ftrack does not keep: each begins where the one before it ended. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")
_LONGEST = 500
"""Changes of one entity within one second; more are left as they came."""


def in_chain(changes: Sequence[tuple[str, str, T]], *, begins: str = "") -> list[T]:
    """`changes`, each its old status, its new one and itself, in an order in which they can have happened; as they came if there is none.

    An Eulerian path through the statuses (Hierholzer 1873). `begins` is the status before the first, empty when it is not known.
    """
    if len(changes) < 2 or len(changes) > _LONGEST:
        return [each for *_, each in changes]
    leaving: dict[str, list[int]] = {}
    balance: dict[str, int] = {}
    for place, (old, new, _) in enumerate(changes):
        leaving.setdefault(old, []).append(place)
        balance[old] = balance.get(old, 0) + 1
        balance[new] = balance.get(new, 0) - 1
    for places in leaving.values():
        places.reverse()
    first = next((status for status, surplus in balance.items() if surplus == 1), "")
    start = first or (begins if begins in leaving else changes[0][0])
    path: list[int] = []
    stack: list[tuple[str, int]] = [(start, -1)]
    while stack:
        status, came_by = stack[-1]
        if leaving.get(status):
            place = leaving[status].pop()
            stack.append((changes[place][1], place))
        else:
            stack.pop()
            path.append(came_by)
    order = [place for place in reversed(path) if place >= 0]
    broken = len(order) != len(changes) or any(changes[a][1] != changes[b][0] for a, b in pairwise(order))
    return [changes[place][2] for place in (range(len(changes)) if broken else order)]
