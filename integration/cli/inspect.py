"""`haikei inspect`: looks through files for what they say of models, with no tracker and no settings."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from integration.errors import ArtworkError
from integration.provenance.finding import Inspection
from integration.provenance.inspection import NOT_LOOKED_THROUGH, inspect_file, pictures_below
from integration.reports.terminal import safe

NOTHING_PROVEN = "A file without findings is not proven to be free of AI: such traces are easily lost or removed."
"""What every answer ends with."""


def run_inspect(paths: Sequence[Path], *, roots: Path | None, as_json: bool, all_files: bool) -> None:
    """Print what the files say; exit code 1 when there is a finding.

    Raises:
        ArtworkError: a path, or the file of roots, cannot be read.
    """
    trusted = _read_roots(roots) if roots else ""
    shown: dict[str, Inspection] = {}
    with Progress(
        SpinnerColumn(), TextColumn("{task.completed} files, {task.description}"), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        for file in pictures_below(paths):
            bar.update(task, description=safe(file.name))
            shown[str(file)] = inspect_file(file, roots=trusted)
            bar.advance(task)
    found = sum(bool(inspection.findings) for inspection in shown.values())
    if as_json:
        answer = {name: asdict(inspection) for name, inspection in shown.items()}
        print(json.dumps({"files": answer, "files_with_findings": found, "note": NOTHING_PROVEN}, ensure_ascii=False))
    else:
        _print(shown, found, all_files=all_files)
    if found:
        raise typer.Exit(1)


def _print(shown: dict[str, Inspection], found: int, *, all_files: bool) -> None:
    for name, inspection in shown.items():
        if not inspection.findings and not all_files:
            continue
        print(safe(name))
        for finding in inspection.findings:
            place = f"  [{safe(finding.where)}]" if finding.where else ""
            tool = f"  ({safe(finding.tool)})" if finding.tool else ""
            print(f"  {finding.kind.value.replace('_', ' ')}: {safe(finding.what)}{place}{tool}")
        for fact in inspection.facts if all_files or inspection.findings else ():
            print(f"  {safe(fact)}")
    skipped = sum(NOT_LOOKED_THROUGH in inspection.facts for inspection in shown.values())
    if skipped:
        print(f"{skipped} files are of kinds that are not looked through; --all names them.")
    print(f"{len(shown) - skipped} files looked through, {found} with findings. {NOTHING_PROVEN}")


def _read_roots(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ArtworkError(f"the roots in {file} cannot be read", hint="Give a PEM file of certificates.") from error
