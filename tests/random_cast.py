"""Who works on a random show: with two of one name, people who declined to be named, who were erased, and an outside house."""

import random
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from integration.ledger import tables
from integration.ledger.entry import Actor
from integration.ledger.vocabulary import ActorKind, Role

PIPELINE = Actor(kind=ActorKind.SCRIPT, role=Role.PIPELINE)
_CALLED = (
    ("田中 花子", "Hanako Tanaka", Role.LAYOUT_ARTIST),
    ("高橋 実", "", Role.LAYOUT_ARTIST),
    ("佐藤 次郎", "Jiro Sato", Role.LAYOUT_CORRECTOR),
    ("中村 緑", "Midori Nakamura", Role.GENZU_CLEANER),
    ("小林 監", "Kan Kobayashi", Role.DIRECTOR),
    ("青木 海", "Umi Aoki", Role.BACKGROUND_ARTIST),
    ("鈴木 一", "Hajime Suzuki", Role.BACKGROUND_ARTIST),
    ("鈴木 一", "Hajime Suzuki", Role.BACKGROUND_ARTIST),
    ("=cmd|' /C calc'!A0", "<b>Bold</b>", Role.BACKGROUND_ARTIST),
    ("山本 匿", "Toku Yamamoto", Role.BACKGROUND_ARTIST),
    ("渡辺 消", "Sho Watanabe", Role.BACKGROUND_ARTIST),
    ("松本 美", "Mi Matsumoto", Role.ART_DIRECTOR),
    ("伊藤 進", "Susumu Ito", Role.COORDINATOR),
    ("木村 製", "Sei Kimura", Role.PRODUCER),
)
"""Two share a name; the last background artists but one and two declined and were erased."""
_DECLINED, _ERASED, _HOUSE = 9, 10, len(_CALLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """References of everybody, by what they do."""

    by_role: dict[Role, tuple[str, ...]]
    declined: str
    erased: str
    """Nothing knows any more who it stood for."""
    house: str
    """The outside house."""

    def actor(self, chance: random.Random, role: Role, *, known: float = 0.95) -> Actor:
        """Somebody who does `role`; with the chance 1 - `known`, nobody says who."""
        ref = chance.choice(self.by_role[role]) if chance.random() < known else ""
        return Actor(kind=ActorKind.HUMAN, ref=ref, role=role)

    @property
    def outside(self) -> Actor:
        """The house, as who painted."""
        return Actor(kind=ActorKind.ORGANISATION, ref=self.house, role=Role.BACKGROUND_ARTIST)


def random_cast(connection: sa.Connection, chance: random.Random, show: str) -> Cast:
    """The people of `show`, put into the table beside the record; references are those of `chance`."""
    refs = [random_ref(chance) for _ in range(len(_CALLED) + 1)]
    rows = [
        {"ref": refs[number], "show": show, "tracker_person_id": f"HumanUser:{number + 1}", "name": name, "name_en": name_en}
        for number, (name, name_en, _) in enumerate(_CALLED)
        if number != _ERASED
    ]
    rows.append({"ref": refs[_HOUSE], "show": show, "tracker_person_id": "Group:1", "name": "スタジオ・ソト", "name_en": "Studio Soto"})
    told = [{**row, "role": "", "declined": row["ref"] == refs[_DECLINED]} for row in rows]
    connection.execute(sa.insert(tables.people), told)
    return Cast(
        by_role={role: tuple(ref for ref, (_, _, does) in zip(refs, _CALLED, strict=False) if does is role) for _, _, role in _CALLED},
        declined=refs[_DECLINED],
        erased=refs[_ERASED],
        house=refs[_HOUSE],
    )


def random_ref(chance: random.Random) -> str:
    """A UUID of version 4."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def digest(chance: random.Random) -> str:
    """64 hex digits."""
    return f"{chance.getrandbits(256):064x}"
