"""A record with one cut that went all the way: drawn, approved, drafted, delivered, partly used, repainted."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from integration.database import make_tables
from integration.ledger import log, people, texts
from integration.ledger.entry import Actor, Ai, Asset, Decision, Entry, Library, Parent, TrackerRef, milliseconds, new_id
from integration.ledger.vocabulary import ActorKind, Kind, Relation, Role, Verdict

SHOW = "海辺の町"
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SCRIPT = Actor(kind=ActorKind.SCRIPT, role=Role.PIPELINE)
MACHINE = Actor(kind=ActorKind.MACHINE, role=Role.RENDERER)
GENZU, LOOK, WEIGHTS = "0e" * 32, "1a" * 32, "3b" * 32
FIRST, SECOND, REVISION = "d1" * 32, "d2" * 32, "5e" * 32

Write = Callable[..., int]


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    make_tables(engine, log.metadata)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def person(connection: sa.Connection) -> Callable[..., str]:
    """The reference of a person of the show by tracker id, name and name in Latin letters."""

    def refer(person_id: str, name: str, name_en: str = "") -> str:
        return people.person_ref(connection, show=SHOW, person_id=person_id, name=name, name_en=name_en)

    return refer


@pytest.fixture
def write(connection: sa.Connection) -> Write:
    """Append an entry about cut c012, one minute after the one before."""

    def append(kind: Kind, **facts: Any) -> int:
        index = log.size(connection)
        at_ms = milliseconds(START) + index * 60_000
        known: dict[str, Any] = {
            "id": new_id(START),
            "kind": kind,
            "at_ms": at_ms,
            "recorded_ms": at_ms,
            "show": SHOW,
            "shots": ("c012",),
            "background": "Shot:1024",
            "part": "BG",
            "actor": SCRIPT,
        }
        return log.append(connection, Entry(**{**known, **facts}), key=f"{kind}:{index}")

    return append


@pytest.fixture
def whole_story(connection: sa.Connection, person: Callable[..., str], write: Write) -> dict[str, int]:
    """Index of each entry of the story by a word for it."""
    hanako = person("HumanUser:1", "田中 花子", "Hanako Tanaka")
    jiro = person("HumanUser:2", "佐藤 次郎", "Jiro Sato")
    umi = person("HumanUser:3", "青木 海", "Umi Aoki")
    coordinator = person("HumanUser:4", "伊藤 進", "Susumu Ito")
    at = {"draft": "draft:1", "round": 1}
    partly = Decision(verdict=Verdict.PARTLY_USED, set_by=umi, status="part")
    return {
        "drawn": write(Kind.LAYOUT_DRAWN, actor=human(hanako, Role.LAYOUT_ARTIST), asset=Asset(sha256=GENZU)),
        "corrected": write(Kind.LAYOUT_CORRECTED, actor=human(jiro, Role.LAYOUT_CORRECTOR)),
        "approved": write(
            Kind.LAYOUT_APPROVED,
            actor=human(jiro, Role.DIRECTOR),
            decision=Decision(verdict=Verdict.APPROVED, set_by=coordinator, decided_by=jiro, status="apr"),
        ),
        "requested": write(Kind.DRAFT_REQUESTED, **at),
        "first": write(Kind.DRAFT_RENDERED, **rendered(FIRST, 11, 14_230), **at),
        "second": write(Kind.DRAFT_RENDERED, **rendered(SECOND, 12, 13_770), **at),
        "delivered": write(
            Kind.DRAFT_DELIVERED,
            asset=Asset(sha256=FIRST),
            tracker=TrackerRef(type="shotgrid", site_hash="ab" * 32, version_id="777"),
            **at,
        ),
        "outcome": write(Kind.DRAFT_OUTCOME, actor=human(umi, Role.BACKGROUND_ARTIST), asset=Asset(sha256=FIRST), decision=partly, **at),
        "revision": write(
            Kind.REVISION_SUBMITTED,
            actor=human(umi, Role.BACKGROUND_ARTIST),
            asset=Asset(sha256=REVISION),
            parents=(Parent(sha256=FIRST, relation=Relation.PARENT_OF),),
        ),
        "superseded": write(
            Kind.DRAFT_SUPERSEDED,
            decision=Decision(
                verdict=Verdict.WITHDRAWN, reason="layout_reopened", reason_commit=texts.commit_text(connection, "カメラが変わった")
            ),
            **at,
        ),
    }


def human(ref: str, role: Role) -> Actor:
    return Actor(kind=ActorKind.HUMAN, ref=ref, role=role)


def rendered(sha256: str, seed: int, render_ms: int) -> dict[str, Any]:
    libraries = (Library(name="diffusers", version="0.42.1"),)
    ai = Ai(
        model_id="house",
        revision="1",
        licence="Apache-2.0",
        weights_sha256=WEIGHTS,
        look_sha256=LOOK,
        scheduler="DDIMScheduler",
        steps=20,
        seed=seed,
        render_ms=render_ms,
        device="cpu",
        libraries=libraries,
    )
    return {
        "actor": MACHINE,
        "ai": ai,
        "asset": Asset(sha256=sha256, pixel_sha256="ee" * 32),
        "parents": (Parent(sha256=GENZU, relation=Relation.INPUT_TO),),
    }
