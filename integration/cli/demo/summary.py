"""What the demo made: the contact sheet, and the lines a person reads at the end."""

import io
import statistics
from collections import Counter
from pathlib import Path

from PIL import Image

from integration.artwork.contact_sheet import CutRow, contact_sheet
from integration.cli.demo.play import Play
from integration.cli.demo.premises import Premises
from integration.ledger import log
from integration.ledger.vocabulary import Kind
from integration.studio import Studio
from integration.workflow import rounds
from integration.workflow.rounds import DraftState, Round


def write_contact_sheet(studio: Studio, file: Path) -> None:
    """Draw layout, drafts and revision of every cut into one PNG."""
    with studio.engine.connect() as connection:
        drafts = sorted(rounds.every(connection), key=lambda draft: (draft.code, draft.round))
    rows = [_row(studio, draft) for draft in drafts]
    count = max((len(row.drafts) for row in rows), default=0)
    contact_sheet(rows, title="haikei demo: drawn by code, painted by the house model, revised by a pretend artist", drafts=count).save(
        file
    )


def _row(studio: Studio, draft: Round) -> CutRow:
    with studio.engine.connect() as connection:
        painted = [_picture(studio, picture.sha256) for picture in rounds.pictures_of(connection, draft.key)]
        handed_in = [
            entry.asset.sha256
            for _, entry in log.read(connection, background=draft.background, kinds=(Kind.REVISION_SUBMITTED,))
            if entry.asset
        ]
    return CutRow(
        label=f"{draft.code}  round {draft.round}  {draft.state}",
        layout=_picture(studio, draft.genzu_sha256),
        drafts=[picture for picture in painted if picture],
        revision=_picture(studio, handed_in[-1]) if handed_in else None,
        remark=draft.reason,
    )


def _picture(studio: Studio, sha256: str) -> Image.Image | None:
    with Image.open(io.BytesIO(studio.storage.get(sha256))) as opened:
        return opened.convert("RGB")


def print_summary(play: Play, premises: Premises, *, seconds: float) -> None:
    """Print what was made, where it is, and what to try next."""
    drafts = play.rounds()
    states = Counter(draft.state.value for draft in drafts)
    with play.studio.engine.connect() as connection:
        pictures = sum(len(rounds.pictures_of(connection, draft.key)) for draft in drafts)
        entries = log.size(connection)
    print(f"\n{len(drafts)} layouts approved: {', '.join(f'{n} {state}' for state, n in sorted(states.items()))}; {pictures} AI drafts.")
    for draft in drafts:
        if draft.state in (DraftState.REFUSED, DraftState.FAILED):
            print(f"  {draft.code} {draft.state}: {draft.reason}")
    for layout in play.held():
        print(f"  {layout.code} held: {layout.reason}")
    waits = [
        (draft.render_started_ms - play.approved_ms[draft.layout_task]) / 1000
        for draft in drafts
        if draft.layout_task in play.approved_ms and draft.render_started_ms
    ]
    if waits:
        print(f"approval to render start: median {statistics.median(waits):.2f} s of {len(waits)} approvals")
    print(f"record: {entries} entries; the whole demo took {seconds:.0f} s")
    print(f"contact sheet: {premises.contact_sheet}")
    print(f"studio folder: {premises.folder}")
    print("\nTry next:")
    for line in ("status", "report shot c001"):
        print(f"  haikei {line} --settings {premises.settings_file}")
    print("  haikei demo --keep   (leaves the studio running, with its page; then, from another terminal:)")
    for line in ("sign-in coordinator", "doctor", "plan --since 1h"):
        print(f"  haikei {line} --settings {premises.settings_file}")
