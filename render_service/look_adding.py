"""A ready Look and the folders that a studio fetched -> a Look file with every file's hash; nothing is fetched and nothing is run."""

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.errors import RenderError
from render_service.look_file import read_toml, refused
from render_service.looks import BUILT_IN_FOLDER, read_look, require_name
from render_service.weights import INDEX, LOADED, RUNS_CODE, find_problems, sha256_of

READY_FOLDER = BUILT_IN_FOLDER / "ready"
"""Looks of models that others publish, without weights, revisions and hashes."""
TABLES = ("model", "control", "ip_adapter")
"""Parts of a Look file whose weights lie in a folder."""
_REVISION = re.compile(r"[0-9a-f]{40}", re.ASCII)
_SECTION = re.compile(r"\s*\[+\s*([a-z_.]+)\s*\]+")
_FETCHED = ", ".join(f"*{suffix}" for suffix in sorted(LOADED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A folder of weights as the studio fetched it."""

    folder: Path
    """Where it is."""
    revision: str = ""
    """Its publisher's revision; empty when the folder is called by it."""


def ready_looks() -> dict[str, Path]:
    """The files of all ready Looks, by name."""
    return {file.stem: file for file in sorted(READY_FOLDER.glob("*.toml"))}


def ready_file(name: str) -> Path:
    """The file of the ready Look `name`, or the file that `name` itself is a path of.

    Raises:
        RenderError: there is none.
    """
    ready = ready_looks()
    if name in ready:
        return ready[name]
    if name.endswith(".toml") and Path(name).is_file():
        return Path(name)
    raise RenderError(
        f"there is no ready Look called {name[:80]!r}", hint=f"Ready Looks: {', '.join(ready)}; or give a TOML file of your own."
    )


def wanted(template: Path) -> dict[str, str]:
    """What the ready Look wants fetched: the publisher's name for it, by table; empty where it names none.

    Raises:
        RenderError: the file cannot be read.
    """
    data = read_toml(template)
    tables = {name: data[name] for name in TABLES if isinstance(data.get(name), dict)}
    return {name: str(table.get("repository", "")) for name, table in tables.items() if not table.get("folder")}


def pinned_look(template: Path, fetched: Mapping[str, Fetched], *, name: str, beside: Path) -> str:
    """The text of a Look file made from `template`, its folders, revisions and hashes filled in, and checked as if it were to be used.

    Args:
        template: see `ready_file`.
        fetched: what was fetched, by table; for `wanted` all of them.
        name: of the new Look.
        beside: the folder that the file is meant for.

    Raises:
        RenderError: a folder is missing or holds what is not allowed, or the Look could not be used.
    """
    require_name(name)
    named = wanted(template)
    missing = [table for table in named if table not in fetched]
    if missing:
        said = "; ".join(f"{table}: {named[table] or 'see the file'}" for table in missing)
        raise RenderError(
            f"'{template.stem}' wants more folders ({said})", hint="Fetch them and give each: --folder, --control, --ip-adapter."
        )
    files = {table: _hashed(template, table, each.folder) for table, each in fetched.items()}
    facts = {table: {"folder": str(each.folder.resolve()), "revision": _revision(template, each)} for table, each in fetched.items()}
    text = _filled(template.read_text(encoding="utf-8"), {"": {"name": name}, **facts})
    lists = "".join(
        f"\n[{table}.files]\n" + "".join(f"{_quoted(file)} = {_quoted(sha256)}\n" for file, sha256 in each.items())
        for table, each in files.items()
    )
    _check(text + lists, name, beside)
    _check_name(template, fetched.get("model"))
    return text + lists


def _hashed(template: Path, table: str, folder: Path) -> dict[str, str]:
    """SHA-256 of every file that a loader may take, by its path; of a model's top folder only the index is ever taken."""
    if not folder.is_dir():
        raise refused(template, f"is given {folder}, which is no folder", "Give the folder that was fetched.")
    found = sorted(file for file in folder.rglob("*") if file.is_file() and not file.relative_to(folder).parts[0].startswith("."))
    code = [file.relative_to(folder).as_posix() for file in found if file.suffix.lower() in {*RUNS_CODE, ".py"}]
    if code:
        raise refused(
            template,
            f"is given {folder}, which holds files that may run code: {', '.join(code[:5])}{' and more' if len(code) > 5 else ''}",
            f"Fetch only {_FETCHED}; a model that is published in no other format has to be converted first, where nothing else runs.",
        )
    names = [file.relative_to(folder).as_posix() for file in found if file.suffix.lower() in LOADED]
    taken = [name for name in names if table != "model" or "/" in name or name == INDEX]
    try:
        return {name: sha256_of(folder / name) for name in taken}
    except OSError as error:
        raise refused(template, f"is given {folder}, which cannot be read: {error.strerror}", "Check who may read it.") from error


def _check_name(template: Path, model: Fetched | None) -> None:
    """Raise when the ready Look's statements are of another model than the fetched one."""
    expected = read_toml(template)["model"].get("pipelines")
    found = json.loads((model.folder / INDEX).read_text(encoding="utf-8")).get("_class_name") if model and expected else None
    if found is not None and found not in expected:
        raise refused(
            template,
            f"speaks of a {' or '.join(expected)}, and {found} was fetched",
            "Its licence and data statements are another model's.",
        )


def _revision(template: Path, fetched: Fetched) -> str:
    revision = fetched.revision or fetched.folder.resolve().name
    if not fetched.revision and not _REVISION.fullmatch(revision):
        raise refused(
            template,
            f"needs the revision of {fetched.folder}",
            "Give it as --revision or --control-revision: the publisher's commit, 40 hex digits.",
        )
    return revision


def _filled(text: str, facts: Mapping[str, Mapping[str, str]]) -> str:
    """`text` with the values of keys in `facts`, by table, put in place of those it has; comments stay."""
    table, lines = "", []
    for line in text.splitlines():
        section = _SECTION.match(line)
        table = section[1] if section else table
        key = line.partition("=")[0].strip()
        value = facts.get(table, {}).get(key) if "=" in line and not section else None
        lines.append(line if value is None else f"{key} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """TOML's basic strings are JSON's, once DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _check(text: str, name: str, beside: Path) -> None:
    """Raise what would be raised if the Look were used; relative paths are those of the folder it is meant for."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        data: dict[str, Any] = read_toml(file)
        relative = [each["path"] for each in (*data.get("lora", ()), *([data["art_board"]] if "art_board" in data else ()))]
        for path in relative:
            link = Path(folder) / path
            if not Path(path).is_absolute() and ".." not in Path(path).parts:
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to((beside / path).resolve())
        for problem in find_problems(read_look(file)):
            raise problem
