"""What people do to one background of a random show: revisions, statements, hours; and what is measured and asked of them."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from integration.ledger.entry import Actor, Asset, Decision, Flag, Layer, Measure, Parent, Statement, Time, TrackerRef
from integration.ledger.vocabulary import ActorKind, Claim, Kind, LayerState, Relation, Role, TimeSource, Verdict
from tests.random_cast import PIPELINE, Cast, digest, random_ref

DAY_MS = 86_400_000
MORNING_MS = 20 * 3_600_000
"""05:00 in Tokyo, where the studio's day begins."""

Facts = dict[str, Any]
"""Fields of an entry."""
Done = Callable[..., Facts]
"""Makes the fields of the next entry from kind, actor and whatever is special of it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What becomes of the painter's Versions."""

    chance: random.Random
    cast: Cast
    painter: Actor
    next_index: Callable[[], int]
    done: Done
    drafts: Sequence[Asset]

    def revisions(self, version: Callable[[], str]) -> Iterator[Facts]:
        """None to three revisions, with retakes between them, and most often an approval."""
        last: Facts = {}
        for _ in range(self.chance.choice((0, 1, 1, 1, 2, 3))):
            if last:
                yield self._decided(Kind.REVISION_RETAKE, Verdict.RETAKE, last)
            picture = Asset(sha256=digest(self.chance), pixel_sha256=digest(self.chance), media_type="image/png")
            last = {"asset": picture, "version": version()}
            yield self.done(Kind.REVISION_SUBMITTED, self.painter, **last)
            yield from self._measured(last)
            yield from self._stated(last)
            yield from self._asked(last)
        if last and self.chance.random() < 0.75:
            yield self._decided(Kind.REVISION_APPROVED, Verdict.APPROVED, last)
        if last and self.chance.random() < 0.05:
            by = self.cast.actor(self.chance, Role.COORDINATOR)
            yield self.done(Kind.VERSION_RETIRED, by, **last)
            if self.chance.random() < 0.5:
                yield self.done(Kind.VERSION_REVIVED, by, **last)

    def _decided(self, kind: Kind, verdict: Verdict, last: Facts) -> Facts:
        by = self.cast.actor(self.chance, Role.ART_DIRECTOR)
        decision = Decision(verdict=verdict, set_by=by.ref, status="fin" if verdict is Verdict.APPROVED else "rtk")
        return self.done(kind, Actor(kind=by.kind, ref=by.ref), decision=decision, **last)

    def _measured(self, last: Facts) -> Iterator[Facts]:
        """Most revisions are measured, some again."""
        corrects = None
        for _ in range(self.chance.choice((0, 1, 1, 1, 2))):
            index = self.next_index()
            draft = self.chance.choice(self.drafts) if self.drafts and self.chance.random() < 0.8 else None
            parents = (Parent(sha256=draft.sha256, relation=Relation.PARENT_OF),) if draft else ()
            told = self._measure(compared=draft is not None)
            yield self.done(Kind.MEASURE_COMPUTED, PIPELINE, measure=told, parents=parents, corrects=corrects, **last)
            corrects = index

    def _measure(self, *, compared: bool) -> Measure:
        lineage = self.chance.choice(("said", "same", "layers", "pixels")) if compared else self.chance.choice(("said", "unknown"))
        if not compared:
            return Measure(name="revision", version=1, lineage=lineage, reasons=("no_draft",))
        first, second, third = sorted(self.chance.randrange(1_000_001) for _ in range(3))
        repainted = third - second
        least = self.chance.choice((0, repainted // 2, repainted))
        layer = Layer(pixel_sha256=digest(self.chance), state=self.chance.choice(list(LayerState)), area_ppm=first)
        return Measure(
            name="revision",
            version=1,
            lineage=lineage,
            kept_ppm=first,
            adjusted_ppm=second - first,
            repainted_ppm=repainted,
            cannot_tell_ppm=1_000_000 - third,
            repainted_least_ppm=least,
            repainted_most_ppm=min(1_000_000, repainted + 1_000_000 - third) if least else 1_000_000,
            layers=(layer,) if self.chance.random() < 0.5 else (),
            map_sha256=digest(self.chance),
        )

    def _stated(self, last: Facts) -> Iterator[Facts]:
        if self.painter.kind is not ActorKind.HUMAN or self.chance.random() < 0.4:
            return
        claims = tuple(sorted(self.chance.sample(list(Claim), self.chance.choice((1, 1, 2)))))
        told = Statement(claims=claims, tool=self.chance.choice(("", "Clip Studio Paint")), signature=self.chance.choice(("", "c2lnbmVk")))
        index = self.next_index()
        if self.chance.random() < 0.2:
            teller = self.cast.actor(self.chance, Role.COORDINATOR, known=1)
            yield self.done(Kind.STATEMENT_SIGNED, teller, on_behalf_of=self.painter.ref, statement=told, **last)
        else:
            yield self.done(Kind.STATEMENT_SIGNED, self.painter, statement=told, **last)
        if self.chance.random() < 0.1:
            yield self.done(Kind.CORRECTION, self.painter, corrects=index, note_commit=digest(self.chance))

    def _asked(self, last: Facts) -> Iterator[Facts]:
        if self.chance.random() > 0.15:
            return
        index = self.next_index()
        reason = self.chance.choice(("undeclared_ai", "final_not_covered"))
        yield self.done(Kind.FLAG_RAISED, PIPELINE, flag=Flag(reason=reason), note_commit=digest(self.chance), **last)
        if self.chance.random() < 0.6:
            by = self.cast.actor(self.chance, Role.PRODUCER, known=1)
            yield self.done(Kind.FLAG_ANSWERED, by, flag=Flag(reason="declared_since", answers=index), note_commit=digest(self.chance))


@dataclass(frozen=True, slots=True)
class Hours:
    """What was put down in the tracker of how long work takes and took."""

    chance: random.Random
    next_index: Callable[[], int]
    done: Done

    def of(self, worker: Actor, step: str, most: int) -> Iterator[Facts]:
        """None to `most` time logs of `worker`, each a chain of entries."""
        if worker.kind is not ActorKind.HUMAN or not worker.ref:
            return
        for _ in range(self.chance.randrange(most + 1)):
            yield from self._log(worker, step)

    def estimated(self, step: str) -> Iterator[Facts]:
        """Often how long the task is thought to take, sometimes thought anew."""
        if self.chance.random() < 0.4:
            return
        number, corrects = random_ref(self.chance), None
        for _ in range(self.chance.choice((1, 1, 2))):
            index = self.next_index()
            told = Time(minutes=self.chance.choice((120, 240, 480)), source=TimeSource.TRACKER, confirmed=False)
            tracker = TrackerRef(type="sandbox", site_hash="ab" * 32, entity_type="Task", entity_id=number)
            yield {**self.done(Kind.TIME_ESTIMATED, PIPELINE, step=step, corrects=corrects), "time": told, "tracker": tracker}
            corrects = index

    def _log(self, worker: Actor, step: str) -> Iterator[Facts]:
        number, index = random_ref(self.chance), self.next_index()
        yield self._told(worker, step, number)
        if self.chance.random() < 0.15:
            corrects, index = index, self.next_index()
            yield self._told(worker, step, number, corrects=corrects)
        fate = self.chance.random()
        if fate < 0.08:
            yield self._told(worker, step, number, withdrawn=True, corrects=index)
        elif fate < 0.12:
            yield self.done(Kind.CORRECTION, worker, step=step, corrects=index, note_commit=digest(self.chance))

    def _told(self, worker: Actor, step: str, number: str, *, withdrawn: bool = False, **fields: Any) -> Facts:
        told = self.done(Kind.TIME_LOGGED, worker, step=step, **fields)
        tracker = TrackerRef(type="sandbox", site_hash="ab" * 32, entity_type="TimeLog", entity_id=number)
        return {**told, "time": self._time(told["at_ms"], withdrawn=withdrawn), "tracker": tracker}

    def _time(self, now_ms: int, *, withdrawn: bool) -> Time:
        """Minutes, with the clock, with the studio's day alone, or with neither."""
        minutes = self.chance.choice((15, 30, 45, 60, 90, 120, 240, 480, 600, 0))
        morning = now_ms - (now_ms - MORNING_MS) % DAY_MS
        worked = (now_ms - max(1, minutes) * 60_000, now_ms)
        start, end = self.chance.choice(((None, None), (morning, morning + DAY_MS), worked))
        return Time(
            minutes=minutes,
            source=self.chance.choice(list(TimeSource)),
            confirmed=self.chance.random() < 0.7,
            withdrawn=withdrawn,
            span_start_ms=start,
            span_end_ms=end,
        )
