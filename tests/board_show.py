"""A show for the board and the shot page: cuts in every state, with pictures, people and words, written as the services write them."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from PIL import Image

from integration.database import drafts, handed
from integration.ledger import log, people, texts
from integration.ledger.entry import (
    Actor,
    Ai,
    Asset,
    Decision,
    Entry,
    Layer,
    Library,
    Measure,
    Parent,
    Statement,
    Time,
    TrackerRef,
    milliseconds,
    new_id,
)
from integration.ledger.vocabulary import ActorKind, Claim, Kind, LayerState, Relation, Role, TimeSource, Verdict
from integration.storage.protocol import Storage
from integration.workflow import rounds
from integration.workflow.rounds import DraftState, HeldLayout

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SCRIPT = Actor(kind=ActorKind.SCRIPT, role=Role.PIPELINE)
SITE = "studio.example"
PROJECT = "70"


@dataclass
class BoardShow:
    """A show that is written cut by cut; each thing that is done takes a minute."""

    connection: sa.Connection
    storage: Storage
    show: str = "海辺の町"
    episode: str = "ep01"
    people: dict[str, str] = field(default_factory=dict)
    """References by name."""

    def person(self, name: str, name_en: str = "", *, person_id: str = "") -> str:
        """The reference of somebody in the show."""
        if name not in self.people:
            told = person_id or f"HumanUser:{100 + len(self.people)}"
            self.people[name] = people.person_ref(self.connection, show=self.show, person_id=told, name=name, name_en=name_en)
        return self.people[name]

    def human(self, name: str, role: Role) -> Actor:
        """Somebody as an actor."""
        return Actor(kind=ActorKind.HUMAN, ref=self.person(name), role=role)

    def write(self, kind: Kind, number: int, **facts: Any) -> int:
        """Append an entry about cut `number`, a minute after the one before."""
        index = log.size(self.connection)
        at_ms = milliseconds(START) + index * 60_000
        known: dict[str, Any] = {
            "id": new_id(START),
            "kind": kind,
            "at_ms": at_ms,
            "recorded_ms": at_ms,
            "show": self.show,
            "seq": self.episode,
            "shots": (f"c{number:03d}",),
            "background": f"Shot:{self.show}:{number}",
            "part": "BG",
            "actor": SCRIPT,
        }
        return log.append(self.connection, Entry(**{**known, **facts}), key=f"{kind}:{self.show}:{index}")

    def layout(self, number: int, *, genzu: str = "") -> str:
        """A layout was drawn and approved; the digest of its genzu."""
        sha256 = genzu or self.picture(number, "genzu")
        self.write(Kind.LAYOUT_DRAWN, number, actor=self.human("田中 花子", Role.LAYOUT_ARTIST), asset=_png(sha256))
        decision = Decision(verdict=Verdict.APPROVED, status="apr", set_by=self.person("伊藤 進"), decided_by=self.person("佐藤 次郎"))
        self.write(Kind.LAYOUT_APPROVED, number, actor=self.human("佐藤 次郎", Role.DIRECTOR), decision=decision)
        return sha256

    def round(self, number: int, state: DraftState, *, reason: str = "", part: str = "BG", genzu: str = "") -> str:
        """A round of drafts in `state`; its key."""
        place = {"background": f"Shot:{self.show}:{number}", "part": part}
        before = rounds.latest(self.connection, site=SITE, **place)
        count = before.round + 1 if before else 1
        key = f"draft:{SITE}:{place['background']}:{part}:{'0e' * 32}:{count}"
        now = milliseconds(START) + log.size(self.connection) * 60_000
        self.write(Kind.DRAFT_REQUESTED, number, part=part, draft=_digest(key), round=count, parents=_from(genzu, Relation.INPUT_TO))
        row = {"key": key, "site": SITE, "project": PROJECT, **place, "round": count, "code": f"c{number:03d}", "layout_task": str(number)}
        row |= {"genzu_version": "1/1", "genzu_sha256": genzu or "0e" * 32, "because": "1", "approved_order": 1, "approved_ms": now}
        row |= {"wanted": True, "state": state, "reason": reason, "attempt": 1, "renders": 1, "review_task": "", "render_started_ms": 0}
        self.connection.execute(drafts.insert().values(**row, created_ms=now, changed_ms=now))
        return key

    def deliver(self, number: int, *, to: str = "", count: int = 2, part: str = "BG") -> list[str]:
        """Drafts were painted and delivered; their digests. `to` is who is on the review task."""
        genzu = self.picture(number, "genzu")
        key = self.round(number, DraftState.DELIVERED, part=part, genzu=genzu)
        at = {"part": part, "draft": _digest(key), "round": 1}
        made = [self.picture(number, f"draft {place} {part}") for place in range(count)]
        for place, sha256 in enumerate(made):
            self.write(
                Kind.DRAFT_RENDERED, number, actor=Actor(kind=ActorKind.MACHINE, role=Role.RENDERER), **_painted(sha256, genzu, place), **at
            )
        for place, sha256 in enumerate(made):
            self.write(Kind.DRAFT_DELIVERED, number, asset=_png(sha256), tracker=version_ref(number * 10 + place), **at)
        if to:
            person_id = people.id_of(self.connection, self.person(to))
            self.connection.execute(handed.insert().values(draft=key, person=person_id, on_task=True))
        return made

    def hand_in(self, number: int, by: str, *, source: str = "", version: int = 0) -> str:
        """Somebody handed a revision in; its digest."""
        sha256 = self.picture(number, f"revision {version}")
        by_whom = self.human(by, Role.BACKGROUND_ARTIST)
        about = {"asset": _png(sha256), "tracker": version_ref(5000 + number * 10 + version)}
        self.write(Kind.REVISION_SUBMITTED, number, actor=by_whom, parents=_from(source, Relation.PARENT_OF), **about)
        return sha256

    def measure(self, number: int, revision: str, source: str, *, version: int = 0) -> int:
        """What changed from the draft to the revision was measured."""
        names = texts.commit_text(self.connection, "近景の石垣")
        layers = (
            Layer(pixel_sha256="aa" * 32, state=LayerState.SHIPPED, area_ppm=410_000),
            Layer(pixel_sha256="ab" * 32, state=LayerState.NEW, name_commit=names, area_ppm=230_000),
        )
        measure = Measure(
            name="revision",
            version=1,
            kept_ppm=310_000,
            adjusted_ppm=170_000,
            repainted_ppm=420_000,
            cannot_tell_ppm=100_000,
            repainted_least_ppm=420_000,
            repainted_most_ppm=520_000,
            lineage="pixels",
            layers=layers,
            painted_ppm=230_000,
            map_sha256=self.picture(number, f"map {version}"),
        )
        return self.write(
            Kind.MEASURE_COMPUTED,
            number,
            asset=_png(revision),
            parents=_from(source, Relation.PARENT_OF),
            measure=measure,
            tracker=version_ref(5000 + number * 10 + version),
        )

    def decide(self, number: int, kind: Kind, revision: str, *, by: str = "佐藤 次郎", version: int = 0, words: str = "") -> int:
        """A revision was approved, or asked for again."""
        verdict = Verdict.APPROVED if kind is Kind.REVISION_APPROVED else Verdict.RETAKE
        return self.write(
            kind,
            number,
            actor=self.human(by, Role.ART_DIRECTOR),
            asset=_png(revision),
            tracker=version_ref(5000 + number * 10 + version),
            decision=Decision(verdict=verdict, status="fin", set_by=self.person(by)),
            note_commit=texts.commit_text(self.connection, words),
        )

    def hold(self, number: int, kind: str, reason: str) -> None:
        """A layout is approved and starts nothing."""
        self.write(Kind.LAYOUT_APPROVED, number, decision=Decision(verdict=Verdict.APPROVED, status="apr"))
        layout = HeldLayout(
            layout_task=str(number),
            project=PROJECT,
            code=f"c{number:03d}",
            kind=kind,
            reason=reason,
            because="1",
            since_ms=milliseconds(START) + log.size(self.connection) * 60_000,
            background=f"Shot:{self.show}:{number}",
        )
        rounds.hold(self.connection, site=SITE, layout=layout)

    def whole_story(self, number: int) -> Mapping[str, Any]:
        """A cut that went all the way, with a retake; digests and indexes by a word for each."""
        self.layout(number)
        first, second = self.deliver(number, to="青木 海")
        outcome = Decision(verdict=Verdict.PARTLY_USED, set_by=self.person("青木 海"), status="part")
        artist = self.human("青木 海", Role.BACKGROUND_ARTIST)
        self.write(Kind.DRAFT_OUTCOME, number, actor=artist, asset=_png(first), decision=outcome)
        revision = self.hand_in(number, "青木 海", source=first)
        self.measure(number, revision, first)
        self.decide(number, Kind.REVISION_RETAKE, revision, words="手前をもう少し暗く。")
        final = self.hand_in(number, "青木 海", source=first, version=1)
        self.measure(number, final, first, version=1)
        claims = Statement(claims=(Claim.PAINTED_BY_HAND,), tool="Photoshop")
        words = texts.commit_text(self.connection, "空は描き直しました")
        statement = self.write(Kind.STATEMENT_SIGNED, number, actor=artist, asset=_png(final), statement=claims, note_commit=words)
        self.write(Kind.TIME_LOGGED, number, actor=artist, time=Time(minutes=384, source=TimeSource.SELF, confirmed=True))
        approved = self.decide(number, Kind.REVISION_APPROVED, final, version=1)
        wrong = texts.commit_text(self.connection, "雲は撮影で足しました")
        corrected = self.write(Kind.CORRECTION, number, actor=artist, corrects=statement, note_commit=wrong)
        return {
            "drafts": (first, second),
            "revision": revision,
            "final": final,
            "approved": approved,
            "statement": statement,
            "correction": corrected,
        }

    def picture(self, number: int, name: str) -> str:
        """A picture in the store; its digest."""
        return self.storage.put(_drawn(self.show, number, name), media_type="image/png").sha256


def _drawn(show: str, number: int, name: str) -> bytes:
    """A small landscape: paper for a genzu, flat areas for a map, paint for the rest."""
    rng = np.random.default_rng(int(_digest(f"{show} {number} {name}")[:8], 16))
    rows, columns = np.mgrid[0:180, 0:320].astype(np.float32)
    hills = 90 + sum(rng.uniform(8, 26) * np.sin(columns / rng.uniform(18, 70) + rng.uniform(0, 6)) for _ in range(3))
    near = 140 + sum(rng.uniform(4, 12) * np.sin(columns / rng.uniform(10, 40) + rng.uniform(0, 6)) for _ in range(2))
    if name == "genzu":
        lines = (np.abs(rows - hills) < 1.2) | (np.abs(rows - near) < 1.2)
        pixels = np.where(lines[..., None], 60, 248).repeat(3, axis=2)
    elif name.startswith("map"):
        pixels = np.where((rows < hills)[..., None], (70, 70, 70), np.where((rows < near)[..., None], (86, 180, 233), (240, 228, 66)))
    else:
        sky = np.stack([120 + rows * 0.7, 170 + rows * 0.4, 215 + rows * 0.1], -1)
        tint = rng.uniform(-25, 25, 3)
        far, ground = np.array([96, 128, 118]) + tint, np.array([74, 96, 60]) + tint
        pixels = np.where((rows < hills)[..., None], sky + tint / 2, np.where((rows < near)[..., None], far, ground))
        pixels = pixels + rng.normal(0, 5, pixels.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _png(sha256: str) -> Asset:
    return Asset(sha256=sha256, media_type="image/png", width_px=320, height_px=180)


def _from(sha256: str, relation: Relation) -> tuple[Parent, ...]:
    return (Parent(sha256=sha256, relation=relation),) if sha256 else ()


def version_ref(number: int) -> TrackerRef:
    """A Version of the tracker."""
    return TrackerRef(type="shotgrid", site_hash="ab" * 32, version_id=str(number))


def _painted(sha256: str, genzu: str, place: int) -> dict[str, Any]:
    ai = Ai(
        model_id="haikei house model",
        revision="1",
        licence="Apache-2.0",
        weights_sha256="3b" * 32,
        look_sha256="1a" * 32,
        scheduler="DDIMScheduler",
        steps=20,
        seed=11 + place,
        render_ms=14_230,
        device="cpu",
        libraries=(Library(name="diffusers", version="0.42.1"),),
    )
    return {"ai": ai, "asset": _png(sha256), "parents": _from(genzu, Relation.INPUT_TO)}
