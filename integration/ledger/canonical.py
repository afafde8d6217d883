"""The one byte string an entry has, and the way back: canonical JSON as FORMAT.md describes it.

Sorted keys, no spaces, UTF-8, strings in Unicode NFC without control characters, integers only, empty values left out. For
integers below 2**53 this is RFC 8785 (JCS).
"""

import json
import re
import types
import unicodedata
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from integration.errors import LedgerError
from integration.ledger.entry import VERSION, Entry
from integration.ledger.vocabulary import Kind

MAX_BYTES = 65_535
"""Longest entry: a tlog-tiles entry bundle counts each in 16 bits (C2SP tlog-tiles)."""
MAX_TEXT = 200
"""Longest string, in characters: identifiers, never sentences."""

NEEDS: dict[Kind, tuple[str, ...]] = {
    Kind.LAYOUT_DRAWN: ("background", "asset"),
    Kind.LAYOUT_CORRECTED: ("background",),
    Kind.LAYOUT_CLEANED: ("background",),
    Kind.LAYOUT_APPROVED: ("background", "decision"),
    Kind.LAYOUT_REOPENED: ("background", "decision"),
    Kind.DRAFT_REQUESTED: ("background", "draft"),
    Kind.DRAFT_REFUSED: ("background", "decision"),
    Kind.DRAFT_RENDERED: ("background", "draft", "asset", "ai"),
    Kind.DRAFT_DELIVERED: ("background", "draft", "asset", "tracker"),
    Kind.DRAFT_CANCELLED: ("background", "draft"),
    Kind.DRAFT_SUPERSEDED: ("background", "draft"),
    Kind.DRAFT_CHOSEN: ("background", "decision"),
    Kind.DRAFT_REJECTED: ("background", "decision"),
    Kind.DRAFT_OUTCOME: ("background", "decision"),
    Kind.PROMPT_CORRECTED: ("background", "draft", "ai"),
    Kind.HANDOVER: ("background",),
    Kind.LAYERS_SHIPPED: ("background", "asset", "measure"),
    Kind.REVISION_SUBMITTED: ("background", "asset"),
    Kind.REVISION_APPROVED: ("background", "decision"),
    Kind.REVISION_RETAKE: ("background", "decision"),
    Kind.VERSION_RETIRED: ("background", "tracker"),
    Kind.VERSION_REVIVED: ("background", "tracker"),
    Kind.MEASURE_COMPUTED: ("background", "asset", "measure"),
    Kind.TIME_LOGGED: ("time",),
    Kind.TIME_ESTIMATED: ("time",),
    Kind.STATEMENT_SIGNED: ("statement",),
    Kind.APPROVAL_GRANTED: ("approval",),
    Kind.POLICY_CHANGED: ("policy_sha256",),
    Kind.FLAG_RAISED: ("flag", "tracker"),
    Kind.FLAG_ANSWERED: ("flag",),
    Kind.NOTICE_GIVEN: ("asset", "notice"),
    Kind.NOTICE_ACKNOWLEDGED: ("asset", "notice"),
    Kind.CREDIT_OVERRIDDEN: ("decision", "to_ref", "note_commit"),
    Kind.CORRECTION: ("corrects",),
    Kind.CHECKPOINT_PUBLISHED: ("checkpoint",),
    Kind.REPORT_EXPORTED: ("asset", "report"),
}
"""Fields an entry of a kind may not leave empty."""


def canonical_bytes(entry: Entry) -> bytes:
    """The bytes of `entry`: the same for equal entries, whatever made them.

    Raises:
        LedgerError: the entry lacks what its kind needs, or holds what no entry may; the message names the field.
    """
    plain = _plain(entry, "entry")
    _check_needs(_read(Entry, plain, "entry"))
    data = json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()
    if len(data) > MAX_BYTES:
        raise LedgerError(
            f"entry {entry.kind}: {len(data)} bytes, at most {MAX_BYTES} fit", hint="Name fewer files or layers in one entry."
        )
    return data


def parse(data: bytes) -> Entry:
    """The entry whose canonical bytes are `data`.

    Raises:
        LedgerError: `data` is not an entry of a version we know, or not in canonical form.
    """
    if len(data) > MAX_BYTES:
        raise LedgerError(f"{len(data)} bytes are no entry, at most {MAX_BYTES} fit")
    try:
        plain = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"not an entry: {error}") from error
    if isinstance(plain, dict) and plain.get("v") != VERSION:
        raise LedgerError(f"entry version {plain.get('v')!r:.20} is not known", hint="Read it with a newer haikei.")
    entry: Entry = _read(Entry, plain, "entry")
    if canonical_bytes(entry) != data:
        raise LedgerError(f"entry {entry.id}: not in canonical form")
    return entry


def code(text: str) -> str:
    """`text` from a tracker as an identifier an entry accepts: NFC, control characters as U+FFFD, at most `MAX_TEXT` characters."""
    shown = "".join("\ufffd" if unicodedata.category(char) in {"Cc", "Cs"} else char for char in text)
    return unicodedata.normalize("NFC", shown)[:MAX_TEXT].strip()


def _plain(value: object, name: str) -> Any:
    """`value` as JSON's own types, strings in NFC, empty values left out."""
    if is_dataclass(value) and not isinstance(value, type):
        members = ((key, getattr(value, key)) for key in _hints(type(value)))
        return {key: _plain(member, f"{name}.{key}") for key, member in members if member is not None and member not in ("", ())}
    match value:
        case tuple():
            return [_plain(item, name) for item in value]
        case StrEnum():
            return value.value
        case str():
            return unicodedata.normalize("NFC", value)
        case bool() | int():
            return value
    raise LedgerError(f"{name}: {type(value).__name__} cannot stand in an entry", hint="Whole numbers, codes and references only.")


def _read(hint: Any, plain: object, name: str) -> Any:
    """`plain` as the Python value that `hint` declares."""
    hint, item_hint = _resolved(hint)
    if item_hint is not None:
        return tuple(_read(item_hint, item, name) for item in _expect(list, plain, name))
    if is_dataclass(hint) and isinstance(hint, type):
        return _read_object(hint, _expect(dict, plain, name), name)
    if issubclass(hint, StrEnum):
        try:
            return hint(_expect(str, plain, name))
        except ValueError as error:
            raise LedgerError(f"{name}: {plain!r:.60} is not a {hint.__name__}") from error
    value = _expect(hint, plain, name)
    return _check_text(value, name) if hint is str else _check_number(value, name)


def _read_object(shape: type, plain: dict[str, object], name: str) -> Any:
    hints = _hints(shape)
    unknown = plain.keys() - hints.keys()
    if unknown:
        raise LedgerError(f"{name}: unknown field {min(unknown)!r:.60}")
    missing = _required(shape) - plain.keys()
    if missing:
        raise LedgerError(f"{name}: '{min(missing)}' is empty", hint="Every entry needs it; see integration/ledger/FORMAT.md.")
    return shape(**{key: _read(hints[key], member, f"{name}.{key}") for key, member in plain.items()})


def _expect(kind: type, plain: object, name: str) -> Any:
    if type(plain) is not kind:
        raise LedgerError(f"{name}: {type(plain).__name__} where {kind.__name__} belongs")
    return plain


def _check_number(value: int | bool, name: str) -> int | bool:
    lowest = -(2**63) if name.endswith(("_mpx", "_mdeg")) else 0
    if not lowest <= value < 2**63:
        raise LedgerError(f"{name}: {value} is out of range")
    return value


def _check_text(value: str, name: str) -> str:
    if not value:
        raise LedgerError(f"{name}: an empty text is left out, not written")
    if len(value) > MAX_TEXT and not name.endswith(".signature"):
        raise LedgerError(f"{name}: {len(value)} characters, at most {MAX_TEXT} fit", hint="Sentences belong in ledger.texts.")
    if _CONTROL.search(value):
        raise LedgerError(f"{name}: control characters cannot stand in an entry", hint="Pass tracker text through ledger.canonical.code.")
    for ends, form, what in _FORMS:
        if name.endswith(ends) and not form(value):
            raise LedgerError(f"{name}: {value!r:.80} is not {what}")
    return value


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc and Cs."""


def _form(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_FORMS: tuple[tuple[tuple[str, ...], Callable[[str], object], str], ...] = (
    (("sha256", "_commit", "site_hash"), _form(r"[0-9a-f]{64}"), "64 lower-case hex digits"),
    ((".ref", "_ref", "_by", ".on_behalf_of"), _form(_UUID), "a reference from ledger.people"),
    (("entry.id",), _form(_UUID.replace("[1-8]", "7")), "a UUIDv7"),
    ((".reason", ".reasons", ".lineage", ".scope", ".sent_to", "entry.report", "entry.notice"), _form(r"[a-z0-9][a-z0-9_.-]*"), "a code"),
)
"""A name's ending says its form."""


def _check_needs(entry: Entry) -> None:
    for field in NEEDS[entry.kind]:
        if getattr(entry, field) in (None, ""):
            raise LedgerError(f"entry {entry.kind}: '{field}' is empty", hint="See integration/ledger/FORMAT.md for what each kind needs.")


@cache
def _resolved(hint: Any) -> tuple[Any, Any]:
    """`hint` without ``None``, and what its items are if it is a tuple."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (option for option in get_args(hint) if option is not types.NoneType)
    return hint, get_args(hint)[0] if get_origin(hint) is tuple else None


@cache
def _required(shape: type) -> frozenset[str]:
    return frozenset(field.name for field in fields(shape) if field.default is MISSING)


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)
