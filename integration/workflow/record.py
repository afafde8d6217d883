"""Turns what the workflows do into entries of the record; each is appended in the caller's transaction, once for its key."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from integration.events import Happened
from integration.ledger import log, people, texts
from integration.ledger.canonical import code
from integration.ledger.entry import (
    Actor,
    Ai,
    Approval,
    Asset,
    Decision,
    Entry,
    Library,
    Measure,
    Parent,
    Statement,
    TrackerRef,
    entry_now,
    milliseconds,
)
from integration.ledger.vocabulary import ActorKind, Claim, Kind, Relation, Role, SourceType, Verdict
from integration.measure import quality
from integration.policy import Allowed
from integration.production import Background, Person, PersonKind, Version
from integration.workflow import quality_words
from integration.workflow.quality_gate import Painted
from integration.workflow.wish import Wish
from render_service.client import files_digest

PIPELINE = Actor(kind=ActorKind.SCRIPT, role=Role.PIPELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an entry is about: one part of a background, and where the tracker keeps it."""

    tracker: str
    """Kind of tracker: ``shotgrid`` or ``ftrack``."""
    site: str
    background: Background
    part: str
    step: str
    draft: str = ""
    """Key of the round, empty before there is one."""
    round: int | None = None
    task: str = ""
    event: str = ""

    def entry(self, kind: Kind, *, actor: Actor, at_ms: int | None = None, version: str = "", **fields: Any) -> Entry:
        """An entry of `kind` about this subject, dated now unless `at_ms` says otherwise."""
        entity_type, _, entity_id = self.background.id.partition(":")
        return entry_now(
            kind,
            at_ms=at_ms,
            show=code(self.background.project.name),
            seq=code(self.background.episode),
            shots=tuple(code(shot.code) for shot in self.background.shots),
            background=self.background.id,
            part=self.part,
            step=code(self.step),
            actor=actor,
            draft=hashlib.sha256(self.draft.encode()).hexdigest() if self.draft else "",
            round=self.round,
            tracker=TrackerRef(
                type=self.tracker,
                site_hash=hashlib.sha256(self.site.encode()).hexdigest(),
                project_id=self.background.project.id,
                entity_type=entity_type,
                entity_id=entity_id,
                task_id=self.task,
                version_id=version,
                event_id=self.event,
            ),
            **fields,
        )


def actor(connection: sa.Connection, subject: Subject, person: Person | None, role: Role | None) -> Actor:
    """Whoever did it, as a reference; a script keeps the role of the pipeline."""
    if person is None:
        return Actor(kind=ActorKind.HUMAN, role=role)
    if person.kind is PersonKind.SCRIPT:
        return Actor(kind=ActorKind.SCRIPT, ref=_ref(connection, subject, person), role=Role.PIPELINE)
    kind = ActorKind.ORGANISATION if person.kind is PersonKind.GROUP else ActorKind.HUMAN
    return Actor(kind=kind, ref=_ref(connection, subject, person), role=role)


def layout_lineage(
    connection: sa.Connection,
    subject: Subject,
    *,
    genzu: Asset,
    drawn_by: Sequence[Person],
    handed_in_by: Person | None,
    cleaner: bool,
    corrections: Sequence[Version],
    version: str,
    at_ms: int,
) -> None:
    """Who drew the layout, who corrected it, and who handed the genzu in: as its cleaner only where the tracker says so."""
    for person in drawn_by:
        entry = subject.entry(
            Kind.LAYOUT_DRAWN, actor=actor(connection, subject, person, Role.LAYOUT_ARTIST), at_ms=at_ms, asset=genzu, version=version
        )
        log.append(connection, entry, key=f"{Kind.LAYOUT_DRAWN}:{subject.site}:{version}:{person.id}")
    for correction in corrections:
        by = actor(connection, subject, correction.by, Role.LAYOUT_CORRECTOR)
        dated = milliseconds(correction.created_at)
        entry = subject.entry(Kind.LAYOUT_CORRECTED, actor=by, at_ms=dated, version=correction.id)
        log.append(connection, entry, key=f"{Kind.LAYOUT_CORRECTED}:{subject.site}:{correction.id}")
    if handed_in_by is not None:
        kind = Kind.LAYOUT_CLEANED if cleaner else Kind.HANDOVER
        by = actor(connection, subject, handed_in_by, Role.GENZU_CLEANER if cleaner else None)
        entry = subject.entry(kind, actor=by, at_ms=at_ms, asset=genzu, version=version)
        log.append(connection, entry, key=f"{kind}:{subject.site}:{version}")


def layout_decision(
    connection: sa.Connection,
    subject: Subject,
    *,
    kind: Kind,
    verdict: Verdict,
    status: str,
    set_by: Person | None,
    decided_by: Person | None,
    at_ms: int,
) -> None:
    """The layout was approved or reopened: who set the status, and who decided where the tracker says so."""
    decision = Decision(
        verdict=verdict,
        status=code(status),
        set_by=_ref(connection, subject, set_by) if set_by else "",
        decided_by=_ref(connection, subject, decided_by) if decided_by else "",
    )
    by = actor(connection, subject, decided_by or set_by, Role.DIRECTOR if decided_by else Role.COORDINATOR)
    log.append(
        connection,
        subject.entry(kind, actor=by, at_ms=at_ms, decision=decision),
        key=f"{kind}:{subject.site}:{subject.task}:{subject.event}",
    )


def draft_requested(
    connection: sa.Connection,
    subject: Subject,
    *,
    genzu: Asset,
    look_sha256: str,
    allowed: Allowed,
    policy_sha256: str,
    wish: Wish | None = None,
) -> None:
    """A round of drafts was asked for, and by whose leave; where an art director's Note asked, it is the reason."""
    if log.index_of(connection, key=f"{Kind.DRAFT_REQUESTED}:{subject.draft}") is not None:
        return
    leave = f"AI use allowed by {allowed.by}" + (f", {allowed.reference}" if allowed.reference else "")
    entry = subject.entry(
        Kind.DRAFT_REQUESTED,
        actor=actor(connection, subject, wish.by, Role.ART_DIRECTOR) if wish else PIPELINE,
        parents=(Parent(sha256=genzu.sha256, relation=Relation.INPUT_TO),),
        ai=Ai(model_id="", look_sha256=look_sha256),
        approval=Approval(
            scope=allowed.scope, document_sha256=allowed.document_sha256, reference_commit=texts.commit_text(connection, leave)
        ),
        policy_sha256=policy_sha256,
        note_commit=texts.commit_text(connection, wish.text) if wish else "",
        note_sha256=wish.drawings if wish else (),
    )
    log.append(connection, entry, key=f"{Kind.DRAFT_REQUESTED}:{subject.draft}")


def draft_ended(
    connection: sa.Connection, subject: Subject, *, kind: Kind, reason: str, words: str, key: str, policy_sha256: str = ""
) -> None:
    """A draft was refused, cancelled or superseded; `reason` is a code, `words` what people were told."""
    verdict = Verdict.REFUSED if kind is Kind.DRAFT_REFUSED else Verdict.WITHDRAWN
    if log.index_of(connection, key=f"{kind}:{key}") is not None:
        return
    decision = Decision(verdict=verdict, reason=reason, reason_commit=texts.commit_text(connection, words))
    log.append(connection, subject.entry(kind, actor=PIPELINE, decision=decision, policy_sha256=policy_sha256), key=f"{kind}:{key}")


def draft_rendered(connection: sa.Connection, subject: Subject, painted: Painted, *, prompt_writer_ref: str = "") -> None:
    """A model painted one picture from the genzu's lines, and the quality gate measured it; somebody may have added to its prompt."""
    key = f"{Kind.DRAFT_RENDERED}:{_picture_key(subject, painted)}"
    if log.index_of(connection, key=key) is not None:
        return
    given = filter(None, (painted.request.line_sha256, painted.request.rough_sha256))
    entry = subject.entry(
        Kind.DRAFT_RENDERED,
        actor=Actor(kind=ActorKind.MACHINE, role=Role.RENDERER),
        at_ms=painted.result.started_ms or None,
        asset=draft_asset(painted),
        parents=tuple(Parent(sha256=sha256, relation=Relation.INPUT_TO) for sha256 in given),
        source_type=SourceType.COMPOSITE_WITH_TRAINED_ALGORITHMIC,
        ai=replace(_ai(connection, painted), prompt_writer_ref=prompt_writer_ref),
        measure=_measure(painted),
    )
    log.append(connection, entry, key=key)


def draft_rejected(connection: sa.Connection, subject: Subject, painted: Painted) -> None:
    """The quality gate found one picture bad; whether it was delivered all the same is another entry."""
    key = f"{Kind.DRAFT_REJECTED}:{_picture_key(subject, painted)}"
    if log.index_of(connection, key=key) is not None:
        return
    faults = painted.verdict.faults
    decision = Decision(
        verdict=Verdict.REJECTED,
        reason=".".join(faults),
        reason_commit=texts.commit_text(connection, quality_words.found(faults, painted.verdict.figures)),
    )
    entry = subject.entry(Kind.DRAFT_REJECTED, actor=PIPELINE, asset=draft_asset(painted), decision=decision, measure=_measure(painted))
    log.append(connection, entry, key=key)


def draft_delivered(connection: sa.Connection, subject: Subject, painted: Painted, *, file: Mapping[str, Any], version: str) -> None:
    """One draft stands in the tracker as a Version: as `file`, the painted picture with its label."""
    entry = subject.entry(
        Kind.DRAFT_DELIVERED,
        actor=PIPELINE,
        asset=replace(draft_asset(painted), sha256=file["sha256"], size_bytes=file["size_bytes"]),
        parents=(Parent(sha256=painted.picture.sha256, relation=Relation.PARENT_OF),),
        version=version,
    )
    log.append(connection, entry, key=f"{Kind.DRAFT_DELIVERED}:{subject.draft}:{version}")


def layers_shipped(connection: sa.Connection, subject: Subject, *, asset: Asset, parents: tuple[Parent, ...], measure: Measure) -> None:
    """The drafts were attached to the review task as a layered file."""
    entry = subject.entry(Kind.LAYERS_SHIPPED, actor=PIPELINE, asset=asset, parents=parents, measure=measure)
    log.append(connection, entry, key=f"{Kind.LAYERS_SHIPPED}:{subject.draft}:{asset.sha256}")


def draft_outcome(
    connection: sa.Connection,
    subject: Subject,
    *,
    outcome: Verdict,
    status: str,
    sha256: str,
    version: str,
    by: Person,
    by_artist: bool,
    at_ms: int,
    key: str,
) -> int:
    """What somebody says became of a draft, once for `key`; `by_artist` when that is who the review task is assigned to."""
    teller = actor(connection, subject, by, Role.BACKGROUND_ARTIST if by_artist else None)
    decision = Decision(verdict=outcome, status=code(status), set_by=teller.ref)
    entry = subject.entry(Kind.DRAFT_OUTCOME, actor=teller, at_ms=at_ms, decision=decision, asset=Asset(sha256=sha256), version=version)
    return log.append(connection, entry, key=key)


def painted_from_layout(connection: sa.Connection, subject: Subject, *, key: str) -> None:
    """No draft was wanted, so none was made: by nobody in particular, and without a reason."""
    entry = subject.entry(Kind.DRAFT_OUTCOME, actor=PIPELINE, decision=Decision(verdict=Verdict.LAYOUT_ONLY))
    log.append(connection, entry, key=key)


def revision_submitted(
    connection: sa.Connection,
    subject: Subject,
    *,
    by: Person | None,
    revision: Asset,
    version: str,
    at_ms: int,
    words: str = "",
    by_artist: bool = True,
) -> None:
    """A revision was handed in: as its artist's unless `by_artist` is false, for somebody did who is not on the task; `words` are what was said."""
    key = f"{Kind.REVISION_SUBMITTED}:{subject.site}:{version}:{revision.sha256}"
    if log.index_of(connection, key=key) is not None:
        return
    entry = subject.entry(
        Kind.REVISION_SUBMITTED,
        actor=actor(connection, subject, by, Role.BACKGROUND_ARTIST if by_artist else None),
        at_ms=at_ms,
        asset=revision,
        version=version,
        note_commit=texts.commit_text(connection, words),
    )
    log.append(connection, entry, key=key)


def ordered(
    connection: sa.Connection, subject: Subject, *, by: Person | None, house: Person, order: str, files: Sequence[Asset], policy_sha256: str
) -> None:
    """A genzu and what went with it were handed to an outside house; `by` is None where the pipeline did it for nobody named."""
    for file in files:
        entry = subject.entry(
            Kind.HANDOVER,
            actor=actor(connection, subject, by, Role.COORDINATOR) if by else PIPELINE,
            to_ref=_ref(connection, subject, house),
            asset=file,
            policy_sha256=policy_sha256,
        )
        log.append(connection, entry, key=f"{Kind.HANDOVER}:{subject.site}:{order}:{subject.background.id}:{subject.part}:{file.sha256}")


def ai_declared(connection: sa.Connection, subject: Subject, *, by: Person | None, tool: str, revision: Asset, version: str) -> None:
    """Whoever handed a revision in declares that a tool with AI was used in it."""
    statement = Statement(claims=(Claim.AI_TOOL_USED,), tool=code(tool))
    by_whom = actor(connection, subject, by, Role.BACKGROUND_ARTIST)
    entry = subject.entry(Kind.STATEMENT_SIGNED, actor=by_whom, asset=revision, version=version, statement=statement)
    log.append(connection, entry, key=f"{Kind.STATEMENT_SIGNED}:{subject.site}:{version}:{revision.sha256}:ai")


def revision_approved(connection: sa.Connection, subject: Subject, *, status: str, revision: Asset, version: str, event: Happened) -> None:
    """Somebody gave a revision a final status."""
    by = actor(connection, subject, event.by, None)
    decision = Decision(verdict=Verdict.APPROVED, status=code(status), set_by=by.ref)
    entry = subject.entry(
        Kind.REVISION_APPROVED, actor=by, at_ms=milliseconds(event.at), decision=decision, asset=revision, version=version
    )
    log.append(connection, entry, key=f"{Kind.REVISION_APPROVED}:{subject.site}:{event.event_id}")


def draft_asset(painted: Painted) -> Asset:
    """The file of a draft."""
    return Asset(
        sha256=painted.picture.sha256,
        pixel_sha256=painted.picture.pixel_sha256,
        media_type="image/png",
        width_px=painted.request.width_px,
        height_px=painted.request.height_px,
        size_bytes=painted.picture.size_bytes,
    )


def _ai(connection: sa.Connection, painted: Painted) -> Ai:
    """What painted a picture, and how."""
    request, result, picture = painted.request, painted.result, painted.picture
    recipe, look = result.recipe, request.look
    run: dict[str, Any] = next(iter(recipe.get("runs", ())), {})
    return Ai(
        model_id=look.name,
        revision=code(look.revision),
        look_sha256=look.digest,
        recipe_sha256=result.recipe_sha256,
        weights_sha256=files_digest(look),
        licence=code(look.licence),
        scheduler=code(str(run.get("scheduler", ""))),
        steps=look.num_inference_steps,
        seed=picture.seed,
        guidance_ppm=round(look.guidance_scale * 1_000_000),
        control_ppm=round(look.controlnet_conditioning_scale * 1_000_000),
        strength_ppm=round(look.strength * 1_000_000) if "img2img" in look.kind else None,
        prompt_commit=texts.commit_text(connection, str(recipe.get("prompt", ""))),
        negative_prompt_commit=texts.commit_text(connection, str(recipe.get("negative_prompt", ""))),
        prompt_lang=code(str(recipe.get("prompt_lang", ""))),
        adapter_sha256=tuple(lora.sha256 for lora in look.loras),
        device=code(str(run.get("device", ""))),
        render_ms=result.render_ms // max(1, len(result.pictures)),
        libraries=tuple(
            Library(name=name, version=code(str(run[f"{name}_version"]))) for name in ("diffusers", "torch") if run.get(f"{name}_version")
        ),
    )


def _picture_key(subject: Subject, painted: Painted) -> str:
    """Names one painting of one place in the round."""
    return f"{subject.draft}:{painted.number}" + (f"~{painted.painting}" if painted.painting > 1 else "")


def _measure(painted: Painted) -> Measure:
    """What the record holds of the gate's figures; a layout kept less than chance would is kept not at all."""
    figures = painted.verdict.figures
    kept = figures.layout_kept_ppm
    return Measure(
        name="quality_gate",
        version=quality.VERSION,
        params_sha256=quality.limits_sha256(painted.least_layout_kept),
        layout_kept_ppm=None if kept is None else max(0, kept),
        layout_chance_ppm=figures.layout_chance_ppm,
    )


def _ref(connection: sa.Connection, subject: Subject, person: Person) -> str:
    return people.person_ref(
        connection,
        show=subject.background.project.name,
        person_id=person.id,
        name=person.name,
        name_en=person.name_en,
        role=person.role,
    )
