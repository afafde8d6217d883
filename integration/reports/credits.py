"""Who is credited for backgrounds: everybody whose work touched one, by role, and who is still missing.

Generous rather than exact: whoever drew, corrected, cleaned, approved, sent back or handed in is listed once for each role, however
much they did, and nothing here says how much that was. Tools stand apart and never in a person's place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import people
from integration.ledger.people import Naming, PersonName
from integration.ledger.vocabulary import ActorKind, Kind, Role
from integration.report_settings import USUAL_ORDER
from integration.reports.credit_overrides import Override, overrides_of
from integration.reports.disclosure import ToolUse, tools_of_scope
from integration.reports.facts import facts
from integration.reports.months import Span
from integration.reports.natural_order import natural
from integration.reports.scope import Scope, entries_of


class Step(StrEnum):
    """A step that touches a final background, for which somebody must be credited."""

    LAYOUT = "layout"
    LAYOUT_APPROVAL = "layout_approval"
    BACKGROUND = "background"
    FINAL_APPROVAL = "final_approval"


_DOES = {
    Kind.LAYOUT_DRAWN: Role.LAYOUT_ARTIST,
    Kind.LAYOUT_CORRECTED: Role.LAYOUT_CORRECTOR,
    Kind.LAYOUT_CLEANED: Role.GENZU_CLEANER,
    Kind.LAYOUT_APPROVED: Role.DIRECTOR,
    Kind.DRAFT_REQUESTED: Role.ART_DIRECTOR,
    Kind.HANDOVER: Role.COORDINATOR,
    Kind.REVISION_SUBMITTED: Role.COORDINATOR,
    Kind.REVISION_RETAKE: Role.ART_DIRECTOR,
    Kind.REVISION_APPROVED: Role.ART_DIRECTOR,
}
"""Entries that credit somebody, and as what where their actor's role is not told: who hands in another's file coordinates."""
_STEPS = {
    Kind.LAYOUT_DRAWN: Step.LAYOUT,
    Kind.LAYOUT_APPROVED: Step.LAYOUT_APPROVAL,
    Kind.REVISION_SUBMITTED: Step.BACKGROUND,
    Kind.REVISION_APPROVED: Step.FINAL_APPROVAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One person under one role."""

    role: Role
    ref: str
    name: PersonName
    overrides: tuple[Override, ...] = ()
    """Who put them here, or out of here, and why."""

    @property
    def stands(self) -> bool:
        """Whether they are listed: nobody took them out, or somebody put them back since."""
        return not self.overrides or self.overrides[-1].adds


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A step of final backgrounds for which nobody is named and nobody declined."""

    step: Step
    cuts: tuple[str, ...]
    """Episode and code, in natural order."""
    ask: tuple[PersonName, ...]
    """Who may know: those who set or decided on these cuts' statuses; empty where the record knows nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """The credits of a show, an episode or some cuts."""

    scope: Scope
    lines: tuple[Line, ...]
    """In the house's order of roles, then by name."""
    unnamed: Mapping[Role, int]
    """How many entries of each role name nobody."""
    houses: tuple[tuple[str, PersonName, int], ...]
    """Outside houses by name: reference, name, and how many backgrounds they were given."""
    tools: tuple[ToolUse, ...]
    gaps: tuple[Gap, ...]
    not_final: tuple[str, ...]
    """Cuts whose background is not final yet: episode and code, in natural order."""
    final: int
    """How many parts of backgrounds are final."""
    gap_parts: Mapping[Step, int] = field(default_factory=dict)
    """How many final parts lack each step."""

    @property
    def is_final(self) -> bool:
        """Whether everything is final and somebody stands behind each step of it."""
        return not self.gaps and not self.not_final and bool(self.final)

    def numbers(self) -> dict[str, Any]:
        """What can be worked out from an audit pack alone: people as references."""
        roles: dict[str, list[str]] = defaultdict(list)
        for line in self.lines:
            if line.stands:
                roles[line.role.value].append(line.ref)
        return {
            "final_parts": self.final,
            "gaps": {step.value: count for step, count in sorted(self.gap_parts.items())},
            "houses": {ref: count for ref, _, count in sorted(self.houses)},
            "not_final": list(self.not_final),
            "roles": {role: sorted(refs) for role, refs in sorted(roles.items())},
            "taken_out": sorted(f"{line.role.value} {line.ref}" for line in self.lines if not line.stands),
            "tools": sorted({f"{tool.model_id} {tool.revision}".strip() for tool in self.tools}),
            "unnamed": {role.value: count for role, count in sorted(self.unnamed.items())},
        }


@dataclass(slots=True)
class _Part:
    """What is known of one part of one background."""

    cuts: set[str] = field(default_factory=set)
    steps: dict[Step, set[str]] = field(default_factory=dict)
    """References that did each step; an empty one for somebody unknown."""
    decided: set[str] = field(default_factory=set)
    houses: set[str] = field(default_factory=set)


def credits_of(connection: Connection | Session, scope: Scope, *, span: Span = (None, None), order: Sequence[str] = USUAL_ORDER) -> Credits:
    """Who is credited in `scope`; rows must have been made with `facts.follow`.

    An entry that a later one of its kind put right does not count; one that somebody put right in words does, as it stands.

    Args:
        connection: to the record.
        scope: what it is about.
        span: when its months begin and end, from `months.span_of`.
        order: of roles, the studio's.
    """
    where = entries_of(scope, since_ms=span[0], until_ms=span[1])
    told, parts, unnamed, houses = _read(connection, where)
    names = people.names(connection, {ref for _, ref in told} | set(houses) | {ref for part in parts.values() for ref in part.decided})
    overrides = overrides_of(connection, scope, span)
    for override in overrides:
        told.add((override.role, override.ref))
    names |= people.names(connection, {each.ref for each in overrides})
    final = {key: part for key, part in parts.items() if Step.FINAL_APPROVAL in part.steps}
    lacking = _lacking(final, names)
    return Credits(
        scope=scope,
        lines=tuple(sorted(_lines(told, names, overrides), key=lambda line: _place(line, order))),
        unnamed={role: unnamed[role] for role in sorted(unnamed)},
        houses=tuple(sorted(((ref, names[ref], len(given)) for ref, given in houses.items()), key=lambda house: (house[1].name, house[0]))),
        tools=tuple(tools_of_scope(connection, where)),
        gaps=tuple(_gaps(lacking, names)),
        not_final=tuple(sorted({cut for key, part in parts.items() if key not in final for cut in part.cuts}, key=natural)),
        final=len(final),
        gap_parts={step: len(found) for step, found in lacking.items()},
    )


_Told = tuple[set[tuple[Role, str]], dict[tuple[str, str], _Part], dict[Role, int], dict[str, set[str]]]


def _read(connection: Connection | Session, where: sa.ColumnElement[bool]) -> _Told:
    """Roles with references, parts, how often nobody is named, and houses with the backgrounds they were given."""
    told: set[tuple[Role, str]] = set()
    parts: dict[tuple[str, str], _Part] = defaultdict(_Part)
    unnamed: dict[Role, int] = defaultdict(int)
    houses: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(_query(where)):
        kind, part = Kind(row.kind), parts[row.background, row.part]
        if row.shot:
            part.cuts.add(f"{row.seq} {row.shot}".strip())
        if row.to_ref and kind is Kind.HANDOVER:
            houses[row.to_ref].add(row.background)
            part.houses.add(row.to_ref)
        if row.actor_kind == ActorKind.ORGANISATION and row.actor:
            houses[row.actor].add(row.background)
            part.houses.add(row.actor)
        elif row.actor_kind == ActorKind.HUMAN:
            told |= set(_named(kind, row))
            if not row.actor:
                unnamed[Role(row.role) if row.role else _DOES[kind]] += row.entries
        part.decided |= {row.set_by, row.decided_by} - {""}
        if kind in _STEPS:
            part.steps.setdefault(_STEPS[kind], set()).update({row.actor, row.set_by, row.decided_by} - {""} or {""})
    return told, dict(parts), dict(unnamed), dict(houses)


def _query(where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = facts.c
    same = sa.alias(facts)
    replaced = sa.exists().where(same.c.corrects == columns.idx, same.c.kind == columns.kind)
    keys = (
        columns.kind, columns.background, columns.part, columns.seq, columns.shot, columns.role, columns.actor_kind, columns.actor,
        columns.set_by, columns.decided_by, columns.to_ref,
    )  # fmt: skip
    kinds = columns.kind.in_([kind.value for kind in _DOES])
    stands = sa.or_(sa.not_(columns.corrected), sa.not_(replaced))
    return sa.select(*keys, sa.func.count().label("entries")).where(where, kinds, columns.background != "", stands).group_by(*keys)


def _named(kind: Kind, row: Any) -> Iterator[tuple[Role, str]]:
    """Everybody an entry credits: its actor, who decided, and who set the status as a coordinator."""
    if row.actor:
        yield Role(row.role) if row.role else _DOES[kind], row.actor
    if row.decided_by and row.decided_by != row.actor:
        yield _DOES[kind], row.decided_by
    if row.set_by and row.set_by not in (row.actor, row.decided_by):
        yield Role.COORDINATOR, row.set_by


def _lines(told: Iterable[tuple[Role, str]], names: Mapping[str, PersonName], overrides: Sequence[Override]) -> Iterator[Line]:
    for role, ref in told:
        theirs = tuple(each for each in overrides if (each.role, each.ref) == (role, ref))
        yield Line(role=role, ref=ref, name=names[ref], overrides=theirs)


def _place(line: Line, order: Sequence[str]) -> tuple[object, ...]:
    """In the house's order, named before unnamed, by name; two of one name by their reference, which is random."""
    rank = order.index(line.role) if line.role in order else len(order)
    return rank, line.role.value, line.name.naming is not Naming.NAMED, line.name.name, line.ref


def _lacking(final: Mapping[tuple[str, str], _Part], names: Mapping[str, PersonName]) -> dict[Step, list[_Part]]:
    """The final parts for which nobody stands behind a step."""
    lacking: dict[Step, list[_Part]] = defaultdict(list)
    for part in final.values():
        for step in Step:
            done = part.steps.get(step, set())
            answers = any(names[ref].naming in (Naming.NAMED, Naming.DECLINED) for ref in done if ref in names)
            if not answers and not (part.houses and step is Step.BACKGROUND):
                lacking[step].append(part)
    return dict(lacking)


def _gaps(lacking: Mapping[Step, Sequence[_Part]], names: Mapping[str, PersonName]) -> Iterator[Gap]:
    for step in Step:
        by_asked: dict[frozenset[str], set[str]] = defaultdict(set)
        for part in lacking.get(step, ()):
            asked = frozenset(ref for ref in part.decided if names[ref].naming is Naming.NAMED)
            by_asked[asked] |= part.cuts
        for asked, cuts in sorted(by_asked.items(), key=lambda item: natural(min(item[1], key=natural, default=""))):
            ask = sorted((names[ref] for ref in asked), key=lambda name: name.name)
            yield Gap(step=step, cuts=tuple(sorted(cuts, key=natural)), ask=tuple(ask))
