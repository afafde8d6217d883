"""A show nobody made: random, but such that each entry could have come from the workflows. The same seed gives the same entries."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from integration.ledger import log
from integration.ledger.entry import Actor, Approval, Asset, Checkpoint, Decision, Entry, milliseconds
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict
from tests.random_cast import PIPELINE, Cast, digest, random_cast
from tests.random_cut import CutStory

SHOW = "海辺の町"
BEGAN = milliseconds(datetime(2026, 9, 1, tzinfo=UTC))
DAY_MS = 86_400_000
DAYS = 90
"""How long the show took."""
_AT_ONCE = 2_000


@dataclass(slots=True, kw_only=True)
class RandomShow:
    """What was written."""

    show: str
    episodes: tuple[str, ...]
    cast: Cast
    first: int
    """Index of its first entry."""
    size: int = 0
    """How many entries the record holds with it."""
    shots: dict[str, list[str]] = field(default_factory=dict)
    """Codes of its cuts, by episode."""


def random_show(
    connection: sa.Connection,
    *,
    seed: int,
    shots: int,
    episodes: Sequence[str] = ("ep01", "ep02", "ep03"),
    show: str = SHOW,
    busy: int = 1,
) -> RandomShow:
    """Append the entries of a show to the record and its people beside it, in the caller's transaction.

    Args:
        connection: to a record with its tables.
        seed: of all that is random.
        shots: how many cuts, dealt out to the episodes in turn; about 16 entries each.
        episodes: their codes.
        show: its name; every one of a record needs its own.
        busy: makes more rounds of drafts and hours: 4 about 30 entries for each cut, 20 about 100.
    """
    chance = random.Random(f"{seed} {show}")  # text, so that two shows of one seed differ
    made = RandomShow(
        show=show,
        episodes=tuple(episodes),
        cast=random_cast(connection, chance, show),
        first=log.size(connection),
        size=log.size(connection),
    )
    writer = _Writer(connection, chance, made)
    writer.write_all(_about_the_show(chance, made))
    for episode, number, cuts in _dealt(chance, made, shots):
        story = CutStory(chance, made.cast, episode=episode, number=number, cuts=cuts, next_index=writer.next_index, busy=busy)
        writer.write_all(story.facts(BEGAN + chance.randrange(DAYS * DAY_MS // 2)))
    writer.write_all(_by_hand(chance, made))
    writer.flush()
    return made


class _Writer:
    """Appends entries many at a time, each under a key of its own."""

    def __init__(self, connection: sa.Connection, chance: random.Random, made: RandomShow) -> None:
        self._connection, self._chance, self._made = connection, chance, made
        self._waiting: list[tuple[str, Entry]] = []

    def next_index(self) -> int:
        """The index of the next entry that is written."""
        return self._made.size + len(self._waiting)

    def write_all(self, told: Iterator[dict[str, Any]]) -> None:
        """Write each; one is written before the next is asked for."""
        for facts in told:
            recorded_ms = facts["at_ms"] + self._chance.choice((0, 900, 900, 60_000, 3 * DAY_MS))
            entry = Entry(**{"show": self._made.show, "id": _id(self._chance, recorded_ms), "recorded_ms": recorded_ms, **facts})
            self._waiting.append((f"random:{self._made.show}:{self.next_index()}", entry))
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Append what waits."""
        indexes = log.append_all(self._connection, self._waiting)
        self._made.size += len(indexes)
        self._waiting.clear()


def _dealt(chance: random.Random, made: RandomShow, shots: int) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Episode, number and cuts of each background; some serve two or three cuts."""
    for episode_number, episode in enumerate(made.episodes):
        codes = [f"c{number:03d}" for number in range(1, len(range(episode_number, shots, len(made.episodes))) + 1)]
        made.shots[episode] = list(codes)
        while codes:
            several = min(len(codes), chance.choice((1, 1, 1, 1, 1, 2, 3)))
            cuts, codes = tuple(codes[:several]), codes[several:]
            yield episode, episode_number * 100_000 + int(cuts[0][1:]), cuts


def _about_the_show(chance: random.Random, made: RandomShow) -> Iterator[dict[str, Any]]:
    """What the house permits, tells and publishes."""
    producer, policy = made.cast.actor(chance, Role.PRODUCER, known=1), digest(chance)
    yield {"kind": Kind.POLICY_CHANGED, "at_ms": BEGAN, "actor": producer, "policy_sha256": policy}
    for number, scope in enumerate(("draft", "final")[: chance.choice((1, 1, 2))]):
        approval = Approval(
            scope=scope,
            document_sha256=digest(chance) if chance.random() < 0.7 else "",
            reference_commit=digest(chance),
            until_ms=BEGAN + DAYS * DAY_MS if chance.random() < 0.8 else None,
            steps=("Background",),
            seqs=made.episodes[:1] if number else (),
        )
        yield {"kind": Kind.APPROVAL_GRANTED, "at_ms": BEGAN + 1, "actor": producer, "approval": approval, "policy_sha256": policy}
    notice = {"asset": Asset(sha256=digest(chance), media_type="text/plain"), "notice": "2026-09"}
    for ref in made.cast.by_role[Role.BACKGROUND_ARTIST]:
        yield {"kind": Kind.NOTICE_GIVEN, "at_ms": BEGAN + 2, "actor": PIPELINE, "to_ref": ref, **notice}
        if chance.random() < 0.8:
            by = Actor(kind=ActorKind.HUMAN, ref=ref)
            yield {"kind": Kind.NOTICE_ACKNOWLEDGED, "at_ms": BEGAN + 3, "actor": by, **notice}
    head = Checkpoint(size=1, root_sha256=digest(chance), sent_to="print")
    yield {"kind": Kind.CHECKPOINT_PUBLISHED, "at_ms": BEGAN + 4, "actor": PIPELINE, "show": "*", "checkpoint": head}


def _by_hand(chance: random.Random, made: RandomShow) -> Iterator[dict[str, Any]]:
    """Credits put right: somebody put in, somebody taken out, and somebody taken out and put back in one episode."""
    by, roles = made.cast.by_role[Role.COORDINATOR][0], (Role.PRODUCER, Role.BACKGROUND_ARTIST, Role.LAYOUT_ARTIST)
    changes = [(0, True, ""), (1, False, ""), (2, False, made.episodes[0]), (2, True, made.episodes[0])]
    for number, (place, adds, episode) in enumerate(changes):
        verdict = Verdict.CREDITED if adds else Verdict.UNCREDITED
        yield {
            "kind": Kind.CREDIT_OVERRIDDEN,
            "at_ms": BEGAN + DAYS * DAY_MS + number,
            "actor": Actor(kind=ActorKind.HUMAN, ref=by),
            "seq": episode,
            "to_ref": made.cast.by_role[roles[place]][0],
            "decision": Decision(verdict=verdict, set_by=by, reason=roles[place].value),
            "note_commit": digest(chance),
        }


def _id(chance: random.Random, ms: int) -> str:
    """A UUIDv7 of that moment."""
    return str(UUID(int=ms << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62)))
