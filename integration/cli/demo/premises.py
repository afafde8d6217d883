"""The demo's folder: its settings, its port and its logs, kept so that a second run goes on where the first one was."""

import json
import shutil
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from integration.cli.sandbox import DEMO_SEED
from integration.errors import SettingsError

_MARK = "haikei-demo.json"
_WHO = {"shotgrid": "script_name", "ftrack": "api_user"}
"""The setting that says as whom haikei speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Where the demo lives."""

    folder: Path
    tracker: str
    """Whose language its pretend studio speaks."""
    port: int
    """The pretend studio's port, the same in every run: it is part of the site's name."""
    pages_port: int
    """The pages' port, the same in every run: links in the tracker lead there."""

    @property
    def settings_file(self) -> Path:
        """The settings the demo's services run with; other commands take them by ``--settings``."""
        return self.folder / "haikei.toml"

    @property
    def contact_sheet(self) -> Path:
        """The picture of the whole episode."""
        return self.folder / "contact_sheet.png"

    def log(self, name: str) -> Path:
        """The log of one of the demo's processes."""
        return self.folder / "log" / f"{name}.log"


def open_premises(folder: Path, *, tracker: str, fresh: bool) -> Premises:
    """Make the demo's folder, or find the one of an earlier run.

    Raises:
        SettingsError: the folder holds something else.
    """
    mark = folder / _MARK
    if folder.exists() and any(folder.iterdir()) and not mark.is_file():
        raise SettingsError(f"{folder} is not a demo's folder", hint="Name an empty folder with --folder.")
    if fresh and mark.is_file():
        shutil.rmtree(folder)
    (folder / "log").mkdir(parents=True, exist_ok=True)
    if not mark.is_file():
        mark.write_text(json.dumps({"port": _free_port(), "pages_port": _free_port(), "tracker": tracker}), encoding="utf-8")
    kept = json.loads(mark.read_text(encoding="utf-8"))
    if kept.get("tracker", "shotgrid") != tracker:
        raise SettingsError(f"{folder} holds a demo on another tracker", hint="Name another folder with --folder, or add --fresh.")
    return Premises(
        folder=folder.absolute(), tracker=tracker, port=int(kept["port"]), pages_port=int(kept.get("pages_port") or _free_port())
    )


def write_settings(premises: Premises, ready: dict[str, Any]) -> None:
    """Write the settings file of the demo: the pretend studio's address, and what its show allows."""
    key_file, menu_file = _secret_file(premises, "api_key", ready["api_key"]), premises.folder / "menu_secret"
    if not menu_file.exists():
        _secret_file(premises, "menu_secret", token_urlsafe(32))
    show, group = _show_and_artists()
    until = datetime.now(UTC).date() + timedelta(days=90)
    premises.settings_file.write_text(
        f"""# Settings of the demo, written by `haikei demo`.
tracker = "{premises.tracker}"
state_folder = {_toml(str(premises.folder / "state"))}

[{premises.tracker}]
url = {_toml(ready["url"])}
{_WHO[premises.tracker]} = {_toml(ready[_WHO[premises.tracker]])}
api_key_file = {_toml(str(key_file))}

[intake]
poll_s = 0.2
look_back_s = 30
sweep_s = 30

[web]
port = {premises.pages_port}
public_url = "http://127.0.0.1:{premises.pages_port}"
menu_secret_file = {_toml(str(menu_file))}

[credentials]
trial = true

[projects.{_toml(show)}]
genzu = {{ types = ["genzu"] }}
assignment = {{ kind = "round_robin", to = [{_toml(group)}] }}
ai_use = [{{ allowed_by = "Demo Producer", until = {until}, reference = "demo approval 1" }}]
""",
        encoding="utf-8",
    )


def _secret_file(premises: Premises, name: str, secret: str) -> Path:
    file = premises.folder / name
    file.touch(mode=0o600)
    file.write_text(secret, encoding="utf-8")
    return file


def _show_and_artists() -> tuple[str, str]:
    entities = json.loads(DEMO_SEED.read_text(encoding="utf-8"))["entities"]
    show = next(entity for entity in entities if entity["type"] == "Project")
    group = next(entity for entity in entities if entity["type"] == "Group")
    return show["name"], group["code"]


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
