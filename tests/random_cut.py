"""What happens to one background of a random show, from its layout to its final, in the order the workflows would write it."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from integration.ledger.entry import (
    Actor,
    Ai,
    Approval,
    Asset,
    Decision,
    Layer,
    Library,
    Measure,
    Parent,
    TrackerRef,
)
from integration.ledger.vocabulary import ActorKind, Kind, LayerState, Relation, Role, SourceType, Verdict
from tests.random_cast import PIPELINE, Cast, digest
from tests.random_work import Hours, Work

MACHINE = Actor(kind=ActorKind.MACHINE, role=Role.RENDERER)
SAID = (Verdict.USED, Verdict.PARTLY_USED, Verdict.NOT_USED, Verdict.FROM_SCRATCH, Verdict.LAYOUT_ONLY)
MODELS = (
    ("house", "1", "Apache-2.0"),
    ("house", "2", "Apache-2.0"),
    ("sdxl-lines", "2025-11", "CreativeML Open RAIL++-M"),
    ("unnamed", "", ""),
)
HOUR_MS = 3_600_000

Facts = dict[str, Any]
"""Fields of an entry."""


class CutStory:
    """One background and the cuts it serves."""

    def __init__(
        self,
        chance: random.Random,
        cast: Cast,
        *,
        episode: str,
        number: int,
        cuts: tuple[str, ...],
        next_index: Callable[[], int],
        busy: int,
    ) -> None:
        self._chance, self._cast, self._next_index, self._busy = chance, cast, next_index, busy
        self._background = f"Asset:{number}" if len(cuts) > 1 else f"Shot:{number}"
        self._place = {"seq": episode, "shots": cuts, "background": self._background, "part": "BG"}
        self._genzu = Asset(sha256=digest(chance), media_type="image/png", width_px=1920, height_px=1080)
        self._drafts: list[Asset] = []
        """As painted, of every round."""
        self._standing: list[tuple[Asset, str]] = []
        """Those delivered last, with their Versions."""
        self._painter = self._cast.outside if chance.random() < 0.1 else cast.actor(chance, Role.BACKGROUND_ARTIST)
        self._round_of: Facts = {}
        self._versions = 0
        self._now = 0

    def facts(self, began_ms: int) -> Iterator[Facts]:
        """The fields of each entry; its index is what `next_index` says when it is asked for."""
        self._now = began_ms
        yield from self._layout()
        fate = self._chance.random()
        if self._painter.kind is ActorKind.ORGANISATION:
            yield from self._order()
        if fate < 0.1:
            yield self._done(Kind.DRAFT_OUTCOME, PIPELINE, part="", decision=Decision(verdict=Verdict.LAYOUT_ONLY))
        elif fate < 0.3:
            yield self._refusal()
        else:
            for round_number in range(1, self._chance.choice((1, 1, 1, 2, 3)) + self._busy):
                yield from self._round(round_number)
            yield from self._outcomes()
        hours = Hours(self._chance, self._next_index, self._done)
        yield from hours.of(self._cast.actor(self._chance, Role.LAYOUT_ARTIST), "Layout", 1)
        yield self._done(Kind.HANDOVER, self._painter)
        work = Work(self._chance, self._cast, self._painter, self._next_index, self._done, self._drafts)
        yield from work.revisions(self._version)
        yield from hours.estimated("Background")
        yield from hours.of(self._painter, "Background", 2 * self._busy)

    def _done(self, kind: Kind, actor: Actor, **fields: Any) -> Facts:
        """What happens some minutes, or a night, after what happened before."""
        self._now += self._chance.choice((60_000, HOUR_MS // 2, 2 * HOUR_MS, 9 * HOUR_MS))
        tracker = TrackerRef(type="sandbox", site_hash="ab" * 32, version_id=fields.pop("version", ""))
        return {**self._place, "step": "Background", "kind": kind, "actor": actor, "at_ms": self._now, "tracker": tracker, **fields}

    def _version(self) -> str:
        self._versions += 1
        return f"{self._background}/{self._versions}"

    def _layout(self) -> Iterator[Facts]:
        chance, layout = self._chance, {"step": "Layout", "version": self._version()}
        for _ in range(chance.choice((1, 1, 1, 2))):
            by = self._cast.actor(chance, Role.LAYOUT_ARTIST)
            yield self._done(Kind.LAYOUT_DRAWN, by, asset=self._genzu, source_type=SourceType.DIGITAL_CREATION, **layout)
        for _ in range(chance.choice((0, 1, 1, 2))):
            by = self._cast.actor(chance, Role.LAYOUT_CORRECTOR)
            yield self._done(Kind.LAYOUT_CORRECTED, by, **{**layout, "version": self._version()})
        if chance.random() < 0.6:
            yield self._done(Kind.LAYOUT_CLEANED, self._cast.actor(chance, Role.GENZU_CLEANER), asset=self._genzu, **layout)
        for kind in (Kind.LAYOUT_APPROVED, *((Kind.LAYOUT_REOPENED, Kind.LAYOUT_APPROVED) if chance.random() < 0.15 else ())):
            by = self._cast.actor(chance, Role.DIRECTOR)
            verdict = Verdict.APPROVED if kind is Kind.LAYOUT_APPROVED else Verdict.WITHDRAWN
            decided_by = by.ref if chance.random() < 0.7 else ""
            decision = Decision(verdict=verdict, set_by=chance.choice(self._cast.by_role[Role.COORDINATOR]), decided_by=decided_by)
            yield self._done(kind, by, decision=decision, **layout)

    def _order(self) -> Iterator[Facts]:
        by = self._cast.actor(self._chance, Role.COORDINATOR)
        yield self._done(Kind.HANDOVER, by, to_ref=self._cast.house, asset=self._genzu, policy_sha256="cd" * 32)

    def _refusal(self) -> Facts:
        reason = self._chance.choice(("ai_not_allowed", "ai_not_allowed", "layout_reopened", "genzu_not_found"))
        decision = Decision(verdict=Verdict.REFUSED, reason=reason, reason_commit=digest(self._chance))
        return self._done(Kind.DRAFT_REFUSED, PIPELINE, decision=decision)

    def _round(self, number: int) -> Iterator[Facts]:
        chance = self._chance
        if self._standing:
            told = Decision(verdict=Verdict.WITHDRAWN, reason="new_round")
            yield self._done(Kind.DRAFT_SUPERSEDED, PIPELINE, decision=told, **self._round_of)
            self._standing = []
        self._round_of = round_of = {"draft": digest(chance), "round": number}
        by = self._cast.actor(chance, Role.ART_DIRECTOR) if number > 1 else PIPELINE
        approval = Approval(scope="draft", reference_commit=digest(chance))
        given = (Parent(sha256=self._genzu.sha256, relation=Relation.INPUT_TO),)
        yield self._done(Kind.DRAFT_REQUESTED, by, parents=given, approval=approval, policy_sha256="cd" * 32, **round_of)
        if number > 1 and chance.random() < 0.5:
            words = Ai(prompt_commit=digest(chance), former_prompt_commit=digest(chance), prompt_writer_ref=by.ref)
            yield self._done(Kind.PROMPT_CORRECTED, by, ai=words, **round_of)
        if chance.random() < 0.08:
            told = Decision(verdict=Verdict.WITHDRAWN, reason="layout_reopened")
            yield self._done(Kind.DRAFT_CANCELLED, PIPELINE, decision=told, **round_of)
            return
        model = chance.choice(MODELS)
        for _ in range(chance.choice((1, 2, 2, 4))):
            yield from self._picture(model, given, round_of)
        if self._standing:
            layers = Measure(name="layers", version=1, layers=(Layer(pixel_sha256=digest(chance), state=LayerState.SHIPPED),))
            shipped = Asset(sha256=digest(chance), media_type="image/vnd.adobe.photoshop")
            parents = tuple(Parent(sha256=picture.sha256, relation=Relation.COMPONENT_OF) for picture, _ in self._standing)
            yield self._done(Kind.LAYERS_SHIPPED, PIPELINE, asset=shipped, parents=parents, measure=layers, **round_of)
        if self._standing and chance.random() < 0.3:
            picture, version = chance.choice(self._standing)
            told = Decision(verdict=Verdict.CHOSEN, decided_by=chance.choice(self._cast.by_role[Role.ART_DIRECTOR]))
            by = self._cast.actor(chance, Role.ART_DIRECTOR)
            yield self._done(Kind.DRAFT_CHOSEN, by, asset=picture, decision=told, version=version, **round_of)

    def _picture(self, model: tuple[str, str, str], given: tuple[Parent, ...], round_of: Facts) -> Iterator[Facts]:
        chance = self._chance
        picture = Asset(sha256=digest(chance), pixel_sha256=digest(chance), media_type="image/png", width_px=1920, height_px=1080)
        ai = Ai(
            model_id=model[0],
            revision=model[1],
            licence=model[2],
            weights_sha256=f"{len(model[0]):064x}",
            look_sha256=f"{len(model[1]):064x}",
            steps=20,
            seed=chance.getrandbits(63),
            device=chance.choice(("cpu", "NVIDIA H200")),
            render_ms=chance.randrange(1_000, 90_000) if chance.random() < 0.95 else None,
            libraries=(Library(name="diffusers", version="0.42.1"),),
        )
        painted = {"asset": picture, "parents": given, "source_type": SourceType.COMPOSITE_WITH_TRAINED_ALGORITHMIC}
        yield self._done(Kind.DRAFT_RENDERED, MACHINE, ai=ai, **painted, **round_of)
        self._drafts.append(picture)
        if chance.random() < 0.08:
            told = Decision(verdict=Verdict.REJECTED, reason="too_dark")
            yield self._done(Kind.DRAFT_REJECTED, PIPELINE, asset=picture, decision=told, **round_of)
            return
        version, manifest = self._version(), f"urn:c2pa:{digest(chance)[:32]}" if chance.random() < 0.8 else ""
        labelled = Asset(sha256=digest(chance), media_type="image/png", c2pa_manifest=manifest)
        parents = (Parent(sha256=picture.sha256, relation=Relation.PARENT_OF),)
        yield self._done(Kind.DRAFT_DELIVERED, PIPELINE, asset=labelled, parents=parents, version=version, **round_of)
        self._standing.append((picture, version))

    def _outcomes(self) -> Iterator[Facts]:
        """What people say of drafts: of some nothing, of some twice, once told late, once put right."""
        for picture, version in self._standing:
            for _ in range(self._chance.choice((0, 1, 1, 1, 2))):
                by = self._painter if self._chance.random() < 0.8 else self._cast.actor(self._chance, Role.COORDINATOR)
                told = self._done(Kind.DRAFT_OUTCOME, by, asset=picture, decision=self._said(by), version=version)
                late_ms = self._chance.choice((0, 0, 0, 5 * HOUR_MS))
                index = self._next_index()
                yield {**told, "at_ms": told["at_ms"] - late_ms}
                if self._chance.random() < 0.05:
                    yield self._done(
                        Kind.CORRECTION, by, corrects=index, asset=picture, decision=self._said(by), note_commit=digest(self._chance)
                    )

    def _said(self, by: Actor) -> Decision:
        return Decision(verdict=self._chance.choice(SAID), set_by=by.ref, status="said")
