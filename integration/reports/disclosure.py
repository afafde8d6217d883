"""What the record knows of the use of AI in a show's backgrounds: by step and tool, by whose leave, and cut by cut.

Several facts side by side and never one number. It helps to prepare what is handed to others; whether that is enough, they say.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import people
from integration.ledger.people import PersonName
from integration.ledger.vocabulary import Claim, Kind
from integration.reports.ai_in_picture import Answer, Basis, Known, Tier, answer_of, tier_of, tier_together, together
from integration.reports.drafted_pieces import Piece, Served, Statement, bodies, pieces_of, served_by
from integration.reports.facts import TOOL_FIELDS, facts
from integration.reports.months import span_of
from integration.reports.natural_order import natural
from integration.reports.scope import Scope, entries_of
from render_service.contract import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """One model with its settings, in one step."""

    step: str
    model_id: str
    revision: str
    licence: str
    """As its entries have it; empty: unknown."""
    weights_sha256: str
    look_sha256: str
    """Digest of every setting."""
    scheduler: str
    steps: int | None
    """Denoising steps."""
    libraries: tuple[str, ...]
    drafts: int
    """Pictures it painted."""
    render_ms: int | None
    """Together; None when none of them says."""
    look: Look | None = None
    """The Look file of this digest, which says what is known of its training data; None when it is not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A permission to use AI, as the record has it."""

    index: int
    scope: str
    """``draft``, or ``final`` for final deliverables, too."""
    by: PersonName
    ref: str
    at_ms: int
    until_ms: int | None
    """Last millisecond at which it holds; None: nobody said."""
    document_sha256: str
    steps: tuple[str, ...]
    episodes: tuple[str, ...]
    """Empty: all."""

    def covers(self, episode: str) -> bool:
        """Whether it speaks of that episode."""
        return not self.episodes or episode in self.episodes


@dataclass(frozen=True, slots=True, kw_only=True)
class CutUse:
    """One cut: what was asked for, made and handed over for its backgrounds, and what people say became of it."""

    episode: str
    shot: str
    pieces: tuple[Piece, ...]
    """Every part of every background that serves it."""
    answer: Answer
    """Whether its pictures hold what a model painted."""
    basis: Basis
    tier: Tier

    @property
    def is_final(self) -> bool:
        """Whether every part that was handed in is final, and at least one is."""
        heads = [piece for piece in self.pieces if piece.head]
        return bool(heads) and all(piece.final for piece in heads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What the record knows of the use of AI in a scope."""

    scope: Scope
    zone: str
    """The show's time zone."""
    since_ms: int | None
    """Beginning of the scope's months; None: no bound."""
    until_ms: int | None
    tools: tuple[ToolUse, ...]
    """In order of first use."""
    stated_tools: Mapping[str, int]
    """Other programs with AI, by the name people gave, with how many statements name them; empty name: they gave none."""
    permits: tuple[Permit, ...]
    policies: Mapping[int, str]
    """Commitments to the show's policies, by entry."""
    pieces: tuple[Piece, ...]
    """Every part of every background, each once; cuts may share them."""
    cuts: tuple[CutUse, ...]
    """By episode and cut, in natural order."""
    names: Mapping[str, PersonName]
    """Who the references of statements stand for."""

    @property
    def tier(self) -> Tier:
        """The taxonomy's category that the record supports for all cuts together."""
        return tier_together(cut.tier for cut in self.cuts)

    def numbers(self) -> dict[str, Any]:
        """What can be worked out from an audit pack alone, as its script prints it: whole numbers and text, people as references.

        What is unknown is left out.
        """
        return {
            "cuts": [_cut_numbers(cut) for cut in self.cuts],
            "parts": [_piece_numbers(piece) for piece in self.pieces],
            "permits": [_permit_numbers(permit) for permit in self.permits],
            "policies": [{"entry": index, "policy_sha256": sha256} for index, sha256 in self.policies.items()],
            "stated_tools": [{"statements": count, "tool": tool} for tool, count in self.stated_tools.items()],
            "tier": self.tier.value,
            "tools": [_tool_numbers(tool) for tool in self.tools],
            "totals": totals(self.pieces),
        }


def disclosure(
    connection: Connection | Session,
    scope: Scope,
    *,
    zone: str = "Asia/Tokyo",
    day_start: time = time(5),
    looks: Iterable[Look] = (),
) -> Disclosure:
    """What the record knows of the use of AI in `scope`; rows must have been made with `facts.follow`.

    Args:
        connection: to the record.
        scope: what it is about. Permissions and policies are the whole show's, up to the end of the scope's months.
        zone: the show's, in which months begin and end.
        day_start: when the show's day begins.
        looks: Look files at hand, for licences and statements on training data.
    """
    since_ms, until_ms = span_of(scope, zone, day_start)
    where = entries_of(scope, since_ms=since_ms, until_ms=until_ms)
    pieces = pieces_of(connection, where, scope.show)
    refs = {each.ref for piece in pieces for each in piece.statements}
    return Disclosure(
        scope=scope,
        zone=zone,
        since_ms=since_ms,
        until_ms=until_ms,
        tools=tuple(tools_of_scope(connection, where, {look.digest: look for look in looks})),
        stated_tools=_stated_tools(connection, where),
        permits=_permits(connection, scope, until_ms),
        policies=_policies(connection, scope, until_ms),
        pieces=tuple(pieces),
        cuts=_cuts(pieces, served_by(connection, where), scope),
        names=people.names(connection, refs),
    )


def totals(pieces: Iterable[Piece]) -> dict[str, Any]:
    """The counts of `pieces` added up, in the form of `Disclosure.numbers`."""
    every = [_piece_numbers(piece) for piece in pieces]
    added = {name: sum(each[name] for each in every) for name in _COUNTS}
    refused: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for each in every:
        refused.update(each["refused"])
        said.update(each["said"])
    return {**added, "refused": dict(sorted(refused.items())), "said": dict(sorted(said.items()))}


def answer_for(piece: Piece) -> tuple[Answer, Basis]:
    """Whether the picture of one part holds what a model painted."""
    lineage = piece.measure[1].get("lineage", "") if piece.measure else ""
    known = Known(made=piece.made, delivered=piece.delivered, said=tuple(piece.words.values()), claims=piece.claims, lineage=lineage)
    return answer_of(known)


def _cuts(pieces: Iterable[Piece], served: Mapping[str, Served], scope: Scope) -> tuple[CutUse, ...]:
    parts: dict[str, list[Piece]] = {}
    for piece in pieces:
        parts.setdefault(piece.background, []).append(piece)
    cuts: dict[tuple[str, str], list[Piece]] = {}
    for background, place in served.items():
        for shot in place.shots:
            if not scope.shots or shot in scope.shots:
                cuts.setdefault((place.episode, shot), []).extend(parts.get(background, ()))
    return tuple(
        _cut(episode, shot, cuts[episode, shot]) for episode, shot in sorted(cuts, key=lambda at: (natural(at[0]), natural(at[1])))
    )


def _cut(episode: str, shot: str, pieces: list[Piece]) -> CutUse:
    ordered = sorted(pieces, key=lambda piece: (piece.background, piece.part))
    answer, basis = together(answer_for(piece) for piece in ordered)
    claims = frozenset(claim for piece in ordered for claim in piece.claims)
    questions = sum(piece.raised - piece.answered for piece in ordered)
    tier = tier_of(answer, claims, questions=questions)
    return CutUse(episode=episode, shot=shot, pieces=tuple(ordered), answer=answer, basis=basis, tier=tier)


def tools_of_scope(
    connection: Connection | Session, where: sa.ColumnElement[bool], looks: Mapping[str, Look] | None = None
) -> list[ToolUse]:
    """The models that painted among the entries `where` holds for, in order of first use, with what `looks` says of them."""
    first = sa.func.min(facts.c.idx)
    query = sa.select(first, facts.c.step, sa.func.count(), sa.func.sum(facts.c.render_ms))
    query = query.where(where, facts.c.kind == Kind.DRAFT_RENDERED.value).group_by(facts.c.step, facts.c.tool).order_by(first)
    rows = [tuple(row) for row in connection.execute(query)]
    told = dict(bodies(connection, [index for index, *_ in rows]))
    return [_tool(told[index]["ai"], step, drafts, render_ms, looks or {}) for index, step, drafts, render_ms in rows]


def _tool(ai: Mapping[str, Any], step: str, drafts: int, render_ms: int | None, looks: Mapping[str, Look]) -> ToolUse:
    texts = {name: ai.get(name, "") for name in TOOL_FIELDS if name not in ("steps", "libraries", "adapter_sha256")}
    return ToolUse(
        **texts,
        step=step,
        steps=ai.get("steps"),
        libraries=tuple(f"{each['name']} {each['version']}" for each in ai.get("libraries", ())),
        drafts=drafts,
        render_ms=None if render_ms is None else int(render_ms),
        look=looks.get(texts["look_sha256"]),
    )


def _stated_tools(connection: Connection | Session, where: sa.ColumnElement[bool]) -> dict[str, int]:
    mine = (where, facts.c.kind == Kind.STATEMENT_SIGNED.value, facts.c.claims.contains(Claim.AI_TOOL_USED.value), ~facts.c.corrected)
    indexes = [int(index) for (index,) in connection.execute(sa.select(facts.c.idx).where(*mine).order_by(facts.c.idx))]
    named = Counter(str(plain["statement"].get("tool", "")) for _, plain in bodies(connection, indexes))
    return dict(sorted(named.items()))


def _of_the_show(connection: Connection | Session, scope: Scope, until_ms: int | None, kind: Kind) -> list[tuple[int, dict[str, Any]]]:
    mine = [facts.c.show == scope.show, facts.c.kind == kind.value]
    if until_ms is not None:
        mine.append(facts.c.at_ms < until_ms)
    indexes = [int(index) for (index,) in connection.execute(sa.select(facts.c.idx).where(*mine))]
    return sorted(bodies(connection, indexes), key=lambda each: each[0])


def _permits(connection: Connection | Session, scope: Scope, until_ms: int | None) -> tuple[Permit, ...]:
    granted = _of_the_show(connection, scope, until_ms, Kind.APPROVAL_GRANTED)
    names = people.names(connection, {plain["actor"].get("ref", "") for _, plain in granted})
    permits = (_permit(index, plain, names) for index, plain in granted)
    return tuple(permit for permit in permits if not scope.episode or permit.covers(scope.episode))


def _permit(index: int, plain: Mapping[str, Any], names: Mapping[str, PersonName]) -> Permit:
    told, ref = plain["approval"], plain["actor"].get("ref", "")
    return Permit(
        index=index,
        scope=told["scope"],
        by=names[ref],
        ref=ref,
        at_ms=plain["at_ms"],
        until_ms=told.get("until_ms"),
        document_sha256=told.get("document_sha256", ""),
        steps=tuple(told.get("steps", ())),
        episodes=tuple(told.get("seqs", ())),
    )


def _policies(connection: Connection | Session, scope: Scope, until_ms: int | None) -> dict[int, str]:
    changed = _of_the_show(connection, scope, until_ms, Kind.POLICY_CHANGED)
    return {index: str(plain["policy_sha256"]) for index, plain in changed}


_COUNTS = ("answered", "delivered", "final", "from_layout", "labelled", "made", "nothing_said", "raised", "requested")
AREAS = (
    "kept_ppm",
    "adjusted_ppm",
    "repainted_ppm",
    "cannot_tell_ppm",
    "repainted_least_ppm",
    "repainted_most_ppm",
    "painted_ppm",
    "layout_kept_ppm",
)
"""What a measure says in areas; never added into one."""


def _piece_numbers(piece: Piece) -> dict[str, Any]:
    told: dict[str, Any] = {
        "answered": piece.answered,
        "background": piece.background,
        "delivered": piece.delivered,
        "final": int(piece.final),
        "from_layout": int(piece.from_layout),
        "head": piece.head,
        "labelled": piece.labelled,
        "made": piece.made,
        "nothing_said": max(0, piece.delivered - len(piece.words)),
        "part": piece.part,
        "raised": piece.raised,
        "refused": dict(sorted(piece.refused.items())),
        "requested": piece.requested,
        "said": dict(sorted(Counter(piece.words.values()).items())),
        "statements": [_statement_numbers(each) for each in piece.statements],
    }
    if piece.measure:
        index, measure = piece.measure
        areas = {name: measure[name] for name in sorted(AREAS) if name in measure}
        told["measure"] = {"entry": index, "lineage": measure.get("lineage", ""), **areas}
    return told


def _statement_numbers(told: Statement) -> dict[str, Any]:
    return {"by": told.ref, "claims": list(told.claims), "corrected": int(told.corrected), "entry": told.index}


def _cut_numbers(cut: CutUse) -> dict[str, Any]:
    return {
        "answer": cut.answer.value,
        "backgrounds": sorted({piece.background for piece in cut.pieces}),
        "basis": cut.basis.value,
        "episode": cut.episode,
        "final": int(cut.is_final),
        "shot": cut.shot,
        "tier": cut.tier.value,
    }


def _permit_numbers(permit: Permit) -> dict[str, Any]:
    told = {
        "at_ms": permit.at_ms,
        "by": permit.ref,
        "document_sha256": permit.document_sha256,
        "entry": permit.index,
        "episodes": list(permit.episodes),
        "scope": permit.scope,
        "steps": list(permit.steps),
    }
    return told if permit.until_ms is None else {**told, "until_ms": permit.until_ms}


def _tool_numbers(tool: ToolUse) -> dict[str, Any]:
    told = {name: getattr(tool, name) for name in ("drafts", "licence", "look_sha256", "model_id", "revision", "scheduler", "step")}
    told |= {"libraries": list(tool.libraries), "weights_sha256": tool.weights_sha256}
    return told | {name: value for name in ("render_ms", "steps") if (value := getattr(tool, name)) is not None}
