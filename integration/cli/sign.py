"""`haikei sign`: Content Credentials for a revision that the record knows, with the draft it was painted over as its parent."""

import hashlib
from pathlib import Path

import sqlalchemy as sa

from integration.cli.kept_record import require_record
from integration.cli.reproduce import find_draft
from integration.errors import ArtworkError, LedgerError, SettingsError
from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Claim, Kind, Verdict
from integration.provenance.draft_label import Source
from integration.provenance.media_types import media_type_of
from integration.provenance.opening import open_signer
from integration.reports.terminal import safe
from integration.settings import Settings, read_settings
from integration.storage.opening import open_storage
from integration.studio import storage_options
from integration.workflow.statements import last_outcomes, last_stated

_PSD = "image/vnd.adobe.photoshop"
_WITH_DRAFT = (Verdict.USED, Verdict.PARTLY_USED)


def run_sign(settings_file: Path | None, file: Path, *, draft: str, without_draft: bool, out: Path | None) -> None:
    """Write the signed revision to `out`, or a PSD's credentials beside it.

    Args:
        settings_file: haikei.toml.
        file: the revision as it was handed in.
        draft: Version or name of the draft it was painted over; empty: the one the record says was used.
        without_draft: it was painted over no draft.
        out: a new file; named after `file` when None.

    Raises:
        HaikeiError: nobody signs here, the record does not know the file, or which draft it is from cannot be told.
    """
    settings = read_settings(settings_file)
    signer = open_signer(settings.credentials, state_folder=settings.state_folder)
    if signer is None:
        raise SettingsError("nobody signs here", hint="Set a certificate under [credentials] in haikei.toml.")
    data = _bytes_of(file)
    media_type = media_type_of(data) or ("image/openraster" if data.startswith(b"PK\x03\x04") else "a kind we do not know")
    target = out or (file.with_suffix(".c2pa") if media_type == _PSD else file.with_stem(f"{file.stem}.signed"))
    if target.exists():
        raise ArtworkError(f"{target} is there already", hint="Name a new file with --out.")
    revision, entries, parent = _origin(settings, data, draft, without_draft)
    title = f"{' '.join(revision.shots)} {revision.part}"
    stated = last_stated(entries, revision)
    by_hand = stated is not None and Claim.PAINTED_BY_HAND in stated.claims
    if parent is None:
        _require_without_draft(entries, revision)
        signed = signer.sign_painting(data, media_type, title=title)
    else:
        stored = open_storage(**storage_options(settings)).get(parent)
        over = Source(data=stored, media_type="image/png", title=f"{title} AI draft")
        signed = signer.sign_revision(data, media_type, title=title, draft=over, stated_by_hand=by_hand)
    try:
        target.write_bytes(signed)
    except OSError as error:
        raise ArtworkError(f"{target} cannot be written: {error.strerror}", hint="Name another file with --out.") from error
    said = "painted over no draft" if parent is None else f"painted over the draft {parent[:12]}"
    hand = ", by hand as its painter states" if by_hand else ""
    print(f"{safe(str(target))} says: {safe(title)}, {said}{hand}; signed by {safe(signer.certificate.holder)}.")


def _origin(settings: Settings, data: bytes, draft: str, without_draft: bool) -> tuple[Entry, list[Entry], str | None]:
    """The revision's entry, all of its background, and the SHA-256 of the delivered draft that it was painted over."""
    with require_record(settings).connect() as connection:
        revision = _revision(connection, hashlib.sha256(data).hexdigest())
        entries = [entry for _, entry in log.read(connection, show=revision.show, background=revision.background)]
        mine = [each for each in entries if each.part == revision.part]
        delivered = [each for each in mine if each.kind is Kind.DRAFT_DELIVERED and each.asset and each.tracker]
        if without_draft or not delivered:
            return revision, mine, None
        if draft:
            version = find_draft(connection, draft).version
            named = [each for each in delivered if each.tracker and each.tracker.version_id == version]
        else:
            named = _used(mine, delivered)
    if len(named) != 1 or named[0].asset is None:
        raise LedgerError(
            f"the record says of {len(named) or 'no'} drafts that they were used in it",
            hint="Name the draft's Version with --draft, or say --without-draft.",
        )
    return revision, mine, named[0].asset.sha256


def _revision(connection: sa.Connection, sha256: str) -> Entry:
    found = [entry for _, entry in log.read(connection, kinds=[Kind.REVISION_SUBMITTED]) if entry.asset and entry.asset.sha256 == sha256]
    if not found:
        raise LedgerError("the record knows no such revision", hint="Give the file as it was handed in on the review task.")
    return found[-1]


def _used(entries: list[Entry], delivered: list[Entry]) -> list[Entry]:
    """The delivered drafts whose last outcome says that they are in the revision."""
    outcomes = last_outcomes(entries)
    return [each for each in delivered if any(outcomes.get(parent.sha256) in _WITH_DRAFT for parent in each.parents)]


def _require_without_draft(entries: list[Entry], revision: Entry) -> None:
    """Let a revision pass as painted over no draft only where its painter states it and no outcome says otherwise."""
    delivered = [each for each in entries if each.kind is Kind.DRAFT_DELIVERED]
    stated = last_stated(entries, revision)
    claims = set(stated.claims) if stated else set()
    needed = {Claim.PAINTED_BY_HAND, *((Claim.DRAFT_NOT_USED,) if delivered else ())}
    if used := _used(entries, delivered):
        raise LedgerError(
            f"the record says that {len(used)} of the drafts are in it",
            hint="Name the draft with --draft; a wrong outcome is set anew first.",
        )
    if not needed <= claims:
        missing = ", ".join(sorted(each.value for each in needed - claims))
        raise LedgerError(
            f"its painter has not stated: {missing}", hint="Put down how it was painted with `haikei person state`, then sign it."
        )


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ArtworkError(f"{file} cannot be read: {error.strerror}", hint="Check the path and who may read it.") from error
