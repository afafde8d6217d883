"""The rounds of drafts each background goes through, as rows that change in one transaction with what they start and record."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from integration.database import drafts, held, held_backgrounds, pictures, sheets
from integration.production import VersionId


class DraftState(StrEnum):
    """How far a round is."""

    QUEUED = "queued"
    """Approved; the genzu is being prepared or waits for a render worker."""
    RENDERING = "rendering"
    """Handed to the render service."""
    DELIVERING = "delivering"
    """Painted; Versions and the review task are being made."""
    DELIVERED = "delivered"
    """On the artist's review task."""
    REFUSED = "refused"
    """The genzu or the Look cannot be used; the reason stands beside it."""
    CANCELLED = "cancelled"
    """The approval was withdrawn before delivery."""
    SUPERSEDED = "superseded"
    """Delivered, then the layout was reopened or replaced."""
    FAILED = "failed"
    """Something did not heal in time; `haikei replay` or the next sweep tries again."""


BUDGET_SPENT = "budget_spent"
"""Kind of a layout that is held because its show spent its budget; its reason counts on while it is held."""
UNDER_WAY = (DraftState.QUEUED, DraftState.RENDERING, DraftState.DELIVERING)
"""States in which a workflow works on the round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of drafts of one part of one background."""

    key: str
    """``draft:{site}:{background}:{part}:{genzu sha256}:{round}``."""
    site: str
    project: str
    background: str
    part: str
    round: int
    code: str
    layout_task: str
    genzu_version: str
    genzu_sha256: str
    because: str
    """Id of the event that started it."""
    approved_order: int
    """Place of the newest approval among the tracker's events."""
    approved_ms: int
    wanted: bool
    """Whether the approval still stands."""
    state: DraftState
    reason: str
    attempt: int
    """How often its workflow was started; 1 at first."""
    renders: int
    """How often it was asked of the render service; 1 at first."""
    review_task: str
    render_started_ms: int
    created_ms: int
    changed_ms: int

    @property
    def render_key(self) -> str:
        """The name of what is asked of the render service: another after a failure there, because an answer is final."""
        return self.key if self.renders == 1 else f"{self.key}~{self.renders}"

    @property
    def second_render_key(self) -> str:
        """The name of what is asked once more, with other seeds, for the pictures that were found bad."""
        return second_of(self.render_key)

    @property
    def workflow_id(self) -> str:
        """The name of the workflow that works on it now."""
        return self.key if self.attempt == 1 else f"{self.key}~{self.attempt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredPicture:
    """One delivered draft."""

    draft: str
    """Key of its round."""
    number: int
    """Its place in the round, from 0."""
    seed: int
    sha256: str
    """Of the painted picture."""
    version: str
    """The tracker's Version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approved genzu, ready to be drafted."""

    site: str
    project: str
    background: str
    part: str
    code: str
    layout_task: str
    genzu_version: str
    """The Version and its file, ``{version}/{media}``."""
    genzu_sha256: str
    because: str
    order: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLayout:
    """An approved layout that starts nothing now."""

    layout_task: str
    project: str
    code: str
    kind: str
    """``genzu``, ``policy``, ``budget_spent`` and the like: what is missing; ``no_draft`` where nothing is, for none is wanted."""
    reason: str
    because: str
    since_ms: int
    background: str = ""
    """Empty where the layout hangs on none, or was held before haikei kept it."""


def latest(connection: sa.Connection, *, site: str, background: str, part: str) -> Round | None:
    """The newest round of a part, None when there is none."""
    row = connection.execute(
        sa.select(drafts)
        .where((drafts.c.site == site) & (drafts.c.background == background) & (drafts.c.part == part))
        .order_by(drafts.c.round.desc())
        .limit(1)
    ).one_or_none()
    return _round(row) if row else None


def find(connection: sa.Connection, key: str) -> Round:
    """The round named `key`; it must exist."""
    return _round(connection.execute(sa.select(drafts).where(drafts.c.key == key)).one())


def on_task(connection: sa.Connection, *, site: str, task: str) -> list[Round]:
    """The newest round of each part that came from a layout task."""
    rows = connection.execute(
        sa.select(drafts).where((drafts.c.site == site) & (drafts.c.layout_task == task)).order_by(drafts.c.part, drafts.c.round)
    ).all()
    return list({(row.background, row.part): _round(row) for row in rows}.values())


def on_background(connection: sa.Connection, *, site: str, background: str) -> list[Round]:
    """The newest round of each part of a background, whichever layout task it came from."""
    rows = connection.execute(
        sa.select(drafts).where((drafts.c.site == site) & (drafts.c.background == background)).order_by(drafts.c.part, drafts.c.round)
    ).all()
    return list({row.part: _round(row) for row in rows}.values())


def every(connection: sa.Connection, *, states: Sequence[DraftState] = ()) -> list[Round]:
    """All rounds, oldest first, or those in `states`."""
    query = sa.select(drafts).order_by(drafts.c.created_ms, drafts.c.key)
    return [_round(row) for row in connection.execute(query.where(drafts.c.state.in_(states)) if states else query)]


def open_round(connection: sa.Connection, approval: Approval, *, number: int) -> Round:
    """Write the row of a new round."""
    now = now_ms()
    key = f"draft:{approval.site}:{approval.background}:{approval.part}:{approval.genzu_sha256}:{number}"
    connection.execute(
        drafts.insert().values(
            key=key,
            site=approval.site,
            project=approval.project,
            background=approval.background,
            part=approval.part,
            round=number,
            code=approval.code,
            layout_task=approval.layout_task,
            genzu_version=approval.genzu_version,
            genzu_sha256=approval.genzu_sha256,
            because=approval.because,
            approved_order=approval.order,
            approved_ms=approval.at_ms,
            wanted=True,
            state=DraftState.QUEUED,
            reason="",
            attempt=1,
            renders=1,
            review_task="",
            render_started_ms=0,
            created_ms=now,
            changed_ms=now,
        )
    )
    return find(connection, key)


def change(connection: sa.Connection, key: str, *, only_in: Sequence[DraftState] = (), **values: Any) -> bool:
    """Set columns of a round, when it is in one of `only_in`. Returns whether it was."""
    condition = drafts.c.key == key
    if only_in:
        condition &= drafts.c.state.in_(only_in)
    changed = connection.execute(drafts.update().where(condition).values(changed_ms=now_ms(), **values)).rowcount
    return bool(changed)


def under_way_in(connection: sa.Connection, *, project: str) -> int:
    """How many rounds of a project a workflow works on."""
    query = sa.select(sa.func.count()).where((drafts.c.project == project) & drafts.c.state.in_(UNDER_WAY))
    return int(connection.execute(query.select_from(drafts)).scalar_one())


def keep_sheet(connection: sa.Connection, key: str, *, line_sha256: str, mask_sha256: str) -> None:
    """Remember what was registered from a round's genzu; `mask_sha256` is empty where no character stands."""
    connection.execute(sheets.delete().where(sheets.c.draft == key))
    connection.execute(sheets.insert().values(draft=key, line_sha256=line_sha256, mask_sha256=mask_sha256))


def sheet_of(connection: sa.Connection, key: str) -> tuple[str, str] | None:
    """The lines and the cel mask of a round's genzu, by SHA-256; None before they were registered."""
    row = connection.execute(sa.select(sheets.c.line_sha256, sheets.c.mask_sha256).where(sheets.c.draft == key)).one_or_none()
    return (str(row.line_sha256), str(row.mask_sha256)) if row else None


def keep_picture(connection: sa.Connection, key: str, number: int, *, seed: int, sha256: str, version: str) -> None:
    """Remember a delivered picture, once."""
    known = connection.execute(sa.select(pictures.c.number).where((pictures.c.draft == key) & (pictures.c.number == number))).scalar()
    if known is None:
        connection.execute(pictures.insert().values(draft=key, number=number, seed=seed, sha256=sha256, version=version))


def pictures_of(connection: sa.Connection, key: str) -> list[DeliveredPicture]:
    """The delivered pictures of a round in order."""
    rows = connection.execute(sa.select(pictures).where(pictures.c.draft == key).order_by(pictures.c.number))
    return [DeliveredPicture(**row._mapping) for row in rows]


def delivered_on(connection: sa.Connection, *, site: str, background: str, part: str) -> list[DeliveredPicture]:
    """Every picture that was delivered of a part, the newest round first, each round in order."""
    rows = connection.execute(
        sa.select(pictures)
        .join(drafts, drafts.c.key == pictures.c.draft)
        .where((drafts.c.site == site) & (drafts.c.background == background) & (drafts.c.part == part))
        .order_by(drafts.c.round.desc(), pictures.c.number)
    )
    return [DeliveredPicture(**row._mapping) for row in rows]


def picture_of_version(connection: sa.Connection, version: str) -> tuple[Round, int, str] | None:
    """Round, number and picture hash behind one of our Versions; None when the Version is not ours."""
    row = connection.execute(sa.select(pictures).where(pictures.c.version == version)).one_or_none()
    return (find(connection, row.draft), row.number, row.sha256) if row else None


def versions_on_review_task(connection: sa.Connection, *, site: str, task: str) -> list[VersionId]:
    """Versions of the drafts delivered to a review task, newest round first."""
    rows = connection.execute(
        sa.select(pictures.c.version)
        .join(drafts, drafts.c.key == pictures.c.draft)
        .where((drafts.c.site == site) & (drafts.c.review_task == task))
        .order_by(drafts.c.round.desc(), drafts.c.part, pictures.c.number)
    )
    return [VersionId(version) for version in rows.scalars()]


def hold(connection: sa.Connection, *, site: str, layout: HeldLayout) -> bool:
    """Hold a layout with a reason. Returns False when it is held for that reason already, or for a budget that counted on."""
    _keep_background(connection, site, layout)
    place = (held.c.site == site) & (held.c.layout_task == layout.layout_task)
    before = connection.execute(sa.select(held.c.kind, held.c.reason).where(place)).one_or_none()
    if before is not None and (before.kind, before.reason) == (layout.kind, layout.reason):
        return False
    if before is not None and before.kind == layout.kind == BUDGET_SPENT:
        connection.execute(held.update().where(place).values(reason=layout.reason))
        return False
    connection.execute(held.delete().where(place))
    connection.execute(
        held.insert().values(
            site=site,
            layout_task=layout.layout_task,
            project=layout.project,
            code=layout.code,
            kind=layout.kind,
            reason=layout.reason,
            because=layout.because,
            since_ms=layout.since_ms,
        )
    )
    return True


def release(connection: sa.Connection, *, site: str, task: str) -> bool:
    """Hold a layout no longer. Returns whether it was held."""
    connection.execute(held_backgrounds.delete().where((held_backgrounds.c.site == site) & (held_backgrounds.c.layout_task == task)))
    return bool(connection.execute(held.delete().where((held.c.site == site) & (held.c.layout_task == task))).rowcount)


def every_held(connection: sa.Connection, *, site: str = "") -> list[HeldLayout]:
    """All layouts that are held, or those of one site, oldest first."""
    return _held(connection, held.c.site == site if site else sa.true())


def held_among(connection: sa.Connection, *, site: str, tasks: Sequence[str], backgrounds: Sequence[str]) -> list[HeldLayout]:
    """Layouts of a site that are held and are one of `tasks`, or hang on one of `backgrounds`, oldest first."""
    about = held.c.layout_task.in_(tasks) | held_backgrounds.c.background.in_(backgrounds)
    return _held(connection, (held.c.site == site) & about)


def _held(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[HeldLayout]:
    same = (held_backgrounds.c.site == held.c.site) & (held_backgrounds.c.layout_task == held.c.layout_task)
    query = sa.select(held, held_backgrounds.c.background).outerjoin(held_backgrounds, same).where(condition)
    return [
        HeldLayout(
            layout_task=row.layout_task,
            project=row.project,
            code=row.code,
            kind=row.kind,
            reason=row.reason,
            because=row.because,
            since_ms=row.since_ms,
            background=row.background or "",
        )
        for row in connection.execute(query.order_by(held.c.since_ms, held.c.layout_task))
    ]


def _keep_background(connection: sa.Connection, site: str, layout: HeldLayout) -> None:
    place = (held_backgrounds.c.site == site) & (held_backgrounds.c.layout_task == layout.layout_task)
    connection.execute(held_backgrounds.delete().where(place))
    if layout.background:
        connection.execute(held_backgrounds.insert().values(site=site, layout_task=layout.layout_task, background=layout.background))


def second_of(render_key: str) -> str:
    """The name of what is asked of the render service when pictures of the request `render_key` were found bad."""
    return f"{render_key}+"


def now_ms() -> int:
    """UTC milliseconds, our own clock."""
    return time.time_ns() // 1_000_000


def _round(row: Any) -> Round:
    return Round(**{**row._mapping, "state": DraftState(row.state)})
