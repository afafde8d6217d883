"""An entry has one byte string, and the way back is exact."""

import hashlib
import json
import re
import unicodedata
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import integration.ledger
from integration.errors import LedgerError
from integration.ledger.canonical import MAX_BYTES, MAX_TEXT, NEEDS, canonical_bytes, code, parse
from integration.ledger.entry import Actor, Ai, Decision, Entry, Parent, Time, new_id
from integration.ledger.vocabulary import ActorKind, Kind, Relation, Role, TimeSource, Verdict

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
FORMAT = (Path(integration.ledger.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
REF = "6f1f3a52-0c2b-4d55-9a53-8a1c5b0e7a01"

codes = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).map(
    lambda text: unicodedata.normalize("NFC", text)
)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
refs = st.uuids(version=4).map(str)
whole = st.integers(0, 2**63 - 1)
maybe_whole = st.none() | whole


def entry(**changed: Any) -> Entry:
    known: dict[str, Any] = {
        "id": "01a205f0-7391-700e-8000-00000000000e",
        "kind": Kind.HANDOVER,
        "at_ms": 1,
        "recorded_ms": 2,
        "show": "s",
        "background": "Shot:1",
        "actor": Actor(kind=ActorKind.HUMAN, ref=REF, role=Role.COORDINATOR),
    }
    return Entry(**{**known, **changed})


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    decision = st.builds(
        Decision,
        verdict=st.sampled_from(Verdict),
        set_by=st.just("") | refs,
        decided_by=st.just("") | refs,
        status=st.just("") | codes,
        reason=st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,30}", fullmatch=True),
        reason_commit=digests,
    )
    ai = st.builds(
        Ai, model_id=codes, weights_sha256=digests, seed=maybe_whole, guidance_ppm=maybe_whole, adapter_sha256=st.lists(digests).map(tuple)
    )
    time = st.builds(Time, minutes=whole, source=st.sampled_from(TimeSource), confirmed=st.booleans(), span_start_ms=maybe_whole)
    return entry(
        at_ms=draw(whole),
        show=draw(codes),
        shots=tuple(draw(st.lists(codes, unique=True, max_size=5))),
        actor=Actor(kind=draw(st.sampled_from(ActorKind)), ref=draw(st.just("") | refs), role=draw(st.none() | st.sampled_from(Role))),
        parents=tuple(draw(st.lists(st.builds(Parent, sha256=digests, relation=st.sampled_from(Relation)), max_size=3))),
        ai=draw(st.none() | ai),
        decision=draw(st.none() | decision),
        time=draw(st.none() | time),
        corrects=draw(maybe_whole),
    )


@given(entries())
def test_an_entry_comes_back_from_its_bytes_unchanged(made: Entry) -> None:
    data = canonical_bytes(made)

    assert parse(data) == made
    assert canonical_bytes(parse(data)) == data


@given(entries())
def test_the_bytes_are_sorted_json_without_spaces_or_empty_values(made: Entry) -> None:
    plain = json.loads(canonical_bytes(made))

    assert json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == canonical_bytes(made)
    assert not any(member in (None, "", [], {}) for member in _members(plain))


@given(entries(), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter_when_made_and_does_when_read(made: Entry, random: Any) -> None:
    arguments = [(field.name, getattr(made, field.name)) for field in fields(made)]
    random.shuffle(arguments)
    backwards = json.dumps(dict(reversed(json.loads(canonical_bytes(made)).items())), separators=(",", ":"), ensure_ascii=False)

    assert canonical_bytes(Entry(**dict(arguments))) == canonical_bytes(made)
    with pytest.raises(LedgerError, match="canonical"):
        parse(backwards.encode())


@given(st.text(min_size=1, max_size=60))
def test_any_text_of_a_tracker_fits_once_it_is_a_code(text: str) -> None:
    shown = code(text) or "-"

    assert parse(canonical_bytes(entry(show=shown))).show == shown


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_whatever_is_no_entry_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(LedgerError):
        parse(data)


def test_json_too_deep_to_read_is_refused() -> None:
    with pytest.raises(LedgerError):
        parse(b"[" * 60_000)


@pytest.mark.parametrize("text", ["ガギグ", "café", "Å", "각"])
def test_composed_and_decomposed_text_give_the_same_bytes(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert composed != decomposed
    assert canonical_bytes(entry(shots=(decomposed,))) == canonical_bytes(entry(shots=(composed,)))


@pytest.mark.parametrize("text", ["c🎨", "c👩‍🎨", "a\u2028b", "ｶﾞ", 'say "\\"', "\u202ec012"])
def test_unusual_text_stays_as_it_is(text: str) -> None:
    data = canonical_bytes(entry(shots=(text,)))

    assert parse(data).shots == (text,)
    assert json.dumps(text, ensure_ascii=False).encode() in data


@pytest.mark.parametrize("value", [1.0, 0.5, float("nan"), float("inf"), True, "1", -1, 2**63, b"1", [1]])
def test_only_whole_numbers_in_range_are_numbers(value: Any) -> None:
    with pytest.raises(LedgerError, match="at_ms"):
        canonical_bytes(entry(at_ms=value))


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "\x1b[2J", "\x7f", "\x85", "\ud83c"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(LedgerError, match="control"):
        canonical_bytes(entry(show=text))


def test_sentences_and_names_find_no_place() -> None:
    with pytest.raises(LedgerError, match="at most"):
        canonical_bytes(entry(show="長" * (MAX_TEXT + 1)))
    with pytest.raises(LedgerError, match="not a reference"):
        canonical_bytes(entry(actor=Actor(kind=ActorKind.HUMAN, ref="田中 花子")))
    with pytest.raises(LedgerError, match="not a code"):
        canonical_bytes(entry(decision=Decision(verdict=Verdict.REFUSED, reason="It was too dark.")))


def test_an_entry_as_long_as_a_bundle_allows_fits_and_one_byte_more_does_not() -> None:
    parents = tuple(Parent(sha256=f"{n:064x}", relation=Relation.INPUT_TO) for n in range(600))
    spare = MAX_BYTES - len(canonical_bytes(entry(parents=parents))) - len(',"shots":[]')
    shots = ["x" * (MAX_TEXT - 3)] * (spare // MAX_TEXT)
    shots.append("x" * (spare - sum(len(shot) + 3 for shot in shots) - 2))

    assert len(canonical_bytes(entry(parents=parents, shots=tuple(shots)))) == MAX_BYTES
    with pytest.raises(LedgerError, match="at most 65535"):
        canonical_bytes(entry(parents=parents, shots=(*shots[:-1], shots[-1] + "x")))


@pytest.mark.parametrize("kind", Kind)
def test_no_kind_goes_without_what_it_needs(kind: Kind) -> None:
    (vector,) = (vector for vector in VECTORS["entries"] if vector["name"] == kind)
    whole_entry = parse(vector["canonical"].encode())

    for field in NEEDS[kind]:
        empty: Any = "" if isinstance(getattr(whole_entry, field), str) else None
        with pytest.raises(LedgerError, match=f"'{field}' is empty"):
            canonical_bytes(replace(whole_entry, **{field: empty}))


@pytest.mark.parametrize("vector", VECTORS["entries"], ids=lambda vector: vector["name"])
def test_every_vector_is_read_and_written_as_it_stands(vector: dict[str, str]) -> None:
    data = vector["canonical"].encode()

    assert canonical_bytes(parse(data)) == data
    assert hashlib.sha256(data).hexdigest() == vector["sha256"]
    assert hashlib.sha256(b"\x00" + data).hexdigest() == vector["leaf_sha256"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_every_vector_to_refuse_is_refused(vector: dict[str, str]) -> None:
    with pytest.raises(LedgerError):
        parse(vector["text"].encode())


def test_the_format_page_shows_every_kind_as_the_vectors_have_it() -> None:
    shown = re.findall(r"### `([a-z.]+)`\n.*\n```json\n(.*)\n```", FORMAT)

    assert [kind for kind, _ in shown] == [kind.value for kind in Kind]
    assert dict(shown) == {v["name"]: v["canonical"] for v in VECTORS["entries"] if v["name"] in list(Kind)}


def test_an_id_is_a_uuid_of_version_7_that_carries_its_time() -> None:
    now = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)

    made = [UUID(new_id(now + timedelta(milliseconds=n))) for n in range(100)]

    assert all((each.version, each.variant) == (7, "specified in RFC 4122") for each in made)
    assert made == sorted(made)
    assert made[0].int >> 80 == int(now.timestamp() * 1000)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        new_id(datetime(2026, 11, 23))  # noqa: DTZ001


def _members(plain: Any) -> list[Any]:
    inside = list(plain.values()) if isinstance(plain, dict) else plain if isinstance(plain, list) else []
    return inside + [member for each in inside for member in _members(each)]
