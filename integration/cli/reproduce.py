"""`haikei reproduce`: a delivered draft painted once more from its recipe, and held against the one that was delivered."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa

from integration.cli.kept_record import require_record
from integration.database import pictures as picture_rows
from integration.errors import HaikeiError
from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind
from integration.reports.terminal import safe
from integration.settings import Settings, read_settings
from integration.studio import storage_options
from integration.workflow import rounds
from integration.workflow.rounds import Round

_MOST_SHOWN = 12
_HASH_CHARACTERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredDraft:
    """One picture that stands in the tracker."""

    round: Round
    number: int
    seed: int
    version: str
    """The tracker's id of its Version."""

    @property
    def letter(self) -> str:
        """``A`` for the first of its round."""
        return chr(ord("A") + self.number)

    def is_called(self, name: str) -> bool:
        """Whether `name` is its Version's id or name, or its round's key and its letter."""
        r = self.round
        is_name = name.startswith(f"{r.code} {r.part} ") and name.endswith(f" r{r.round} {self.letter}")
        return is_name or name in (self.version, f"{r.key} {self.letter}")


def run_reproduce(file: Path | None, name: str, *, out: Path | None, as_json: bool) -> bool:
    """Paint the draft called `name` again and print how like it came out; returns whether it is equal, at least within rounding.

    Raises:
        HaikeiError: there is no such draft, its recipe or Look is gone, or it cannot be painted here.
    """
    settings = read_settings(file)
    if out is not None and (out.exists() or not out.absolute().parent.is_dir()):
        reason = "is there already" if out.exists() else "lies in no folder that exists"
        raise HaikeiError(f"{out} {reason}", hint="Name a new PNG file with --out.")
    draft, rendered = _find(settings, normalize("NFC", name.strip()))
    answer = _painted_again(settings, rendered, out)
    if as_json:
        print(json.dumps({"draft": draft.round.key, "letter": draft.letter, "version": draft.version, **answer}, ensure_ascii=False))
    else:
        print("\n".join(_told(draft, rendered, answer, out)))
    return bool(answer["likeness"]["verdict"] != "differs")


def find_draft(connection: sa.Connection, name: str) -> DeliveredDraft:
    """The delivered draft that `name` means: a Version's id or name, or a round's key with a letter.

    Raises:
        HaikeiError: there is none, or there are several.
    """
    known = {each.key: each for each in rounds.every(connection)}
    rows = connection.execute(sa.select(picture_rows).order_by(picture_rows.c.draft, picture_rows.c.number)).all()
    drafts = [DeliveredDraft(round=known[row.draft], number=row.number, seed=row.seed, version=row.version) for row in rows]
    found = [draft for draft in drafts if draft.is_called(name)]
    if not found:
        raise HaikeiError(
            f"no delivered draft is called '{name}'",
            hint="Give a Version's id, its whole name such as 'c012 BG AI draft r1 A', or a key from `haikei status` and a letter.",
        )
    if len(found) > 1:
        raise HaikeiError(
            f"{len(found)} delivered drafts are called '{name}'",
            hint=f"Give one of these Version ids: {', '.join(draft.version for draft in found)}.",
        )
    return found[0]


def rendered_entry(connection: sa.Connection, draft: DeliveredDraft) -> Entry:
    """What the record says of the painting of `draft`.

    Raises:
        HaikeiError: it says nothing, or names no recipe.
        LedgerError: the record is damaged.
    """
    name = hashlib.sha256(draft.round.key.encode()).hexdigest()
    for _, entry in log.read(connection, background=draft.round.background, kinds=[Kind.DRAFT_RENDERED]):
        if entry.draft == name and entry.asset and entry.ai and entry.ai.seed == draft.seed and entry.ai.recipe_sha256:
            return entry
    raise HaikeiError(
        f"the record holds no recipe of {draft.round.code} {draft.round.part} r{draft.round.round} {draft.letter}",
        hint="It was painted before haikei kept recipes; only a new round can be painted again.",
    )


def _find(settings: Settings, name: str) -> tuple[DeliveredDraft, Entry]:
    with require_record(settings).connect() as connection:
        draft = find_draft(connection, name)
        return draft, rendered_entry(connection, draft)


def _painted_again(settings: Settings, rendered: Entry, out: Path | None) -> dict[str, Any]:
    """What a process of the render service answers; the order, secrets included, goes through its standard input."""
    assert rendered.ai and rendered.asset
    order = {
        "storage": storage_options(settings),
        "looks": [str(folder.absolute()) for folder in settings.render.looks],
        "recipe_sha256": rendered.ai.recipe_sha256,
        "seed": rendered.ai.seed,
        "picture_sha256": rendered.asset.sha256,
        "pixel_sha256": rendered.asset.pixel_sha256,
        "out": str(out.absolute()) if out else None,
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "render_service.reproduce"],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    )
    answer: dict[str, Any] = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    if "error" in answer:
        raise HaikeiError(str(answer["error"]), hint=str(answer["hint"]))
    if not answer:
        raise HaikeiError(f"painting again ended with exit code {done.returncode} and no answer", hint="What it wrote above says why.")
    return answer


def _told(draft: DeliveredDraft, rendered: Entry, answer: dict[str, Any], out: Path | None) -> list[str]:
    assert rendered.ai
    r = draft.round
    differences: list[dict[str, str]] = answer["differences"]
    lines = [
        f"{r.code} {r.part}, round {r.round}, draft {draft.letter} (Version {draft.version}): Look {rendered.ai.model_id}, seed {draft.seed}.",
        f"{_verdict(answer['likeness'])}",
        f"Painted alone, eagerly and in deterministic mode on {answer['device']} in {answer['milliseconds'] / 1000:.1f} s.",
        "What is other here than in the recipe:" if differences else "Nothing that decides the pixels is other here than in the recipe.",
        *(f"  {each['part']}: {_short(each['then'])} then, {_short(each['here'])} here" for each in differences[:_MOST_SHOWN]),
    ]
    if len(differences) > _MOST_SHOWN:
        lines.append(f"  and {len(differences) - _MOST_SHOWN} more; --json shows all")
    if out:
        lines.append(f"The new picture: {out}")
    return [safe(line) for line in lines]


def _verdict(likeness: dict[str, Any]) -> str:
    if likeness["verdict"] == "equal":
        return "Bit-equal: every pixel is as it was delivered."
    if likeness["most_levels"] is None:
        return "Not equal; how far off cannot be told, for the delivered picture is gone from the store or of another size."
    apart = f"at most {likeness['most_levels']} of 255 levels apart, {likeness['mean_levels']:.3f} on average, PSNR {likeness['psnr_db']:.1f} dB"
    return f"Equal within rounding: {apart}." if likeness["verdict"] == "rounding" else f"Not equal: {apart}."


def _short(value: str) -> str:
    """`value`, hashes by their first twelve digits."""
    plain = value.strip('"')
    return plain[:12] if len(plain) == _HASH_CHARACTERS and all(c in "0123456789abcdef" for c in plain) else plain
