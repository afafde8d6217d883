"""The course of the demo: services up, layouts approved one after another, an artist takes three drafts up, a summary."""

import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from integration.cli.demo.display import Display
from integration.cli.demo.play import PASSWORD, Play
from integration.cli.demo.premises import Premises, open_premises, write_settings
from integration.cli.demo.summary import print_summary, write_contact_sheet
from integration.cli.processes import end, start_sandbox, wait_ready
from integration.cli.sandbox import DEMO_SEED
from integration.cli.sign_in import trial_link
from integration.errors import SettingsError
from integration.log import set_up_log
from integration.settings import read_settings
from integration.studio import Studio, open_studio
from integration.tracker.opening import open_pretend_staff, open_tracker
from integration.web.rights import WebRole

FOLDERS = {"shotgrid": Path("haikei-demo"), "ftrack": Path("haikei-demo-ftrack")}
"""Where each tracker's demo lives when nobody says."""


def run_demo(folder: Path | None, *, tracker: str, keep: bool, fresh: bool) -> None:
    """Play the episode and print what was made; with `keep`, stay until Ctrl-C."""
    set_up_log(level="error")
    if tracker not in FOLDERS:
        raise SettingsError(f"there is no pretend studio that speaks {tracker}", hint="Use --tracker shotgrid or --tracker ftrack.")
    premises = open_premises(folder or FOLDERS[tracker], tracker=tracker, fresh=fresh)
    began = time.monotonic()
    with ExitStack() as stack:
        children: list[subprocess.Popen[str]] = []
        stack.callback(lambda: end(children[::-1]))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        with Display() as display:
            play = _open(premises, children, stack, display)
            play.approve_layouts()
            play.revise_drafts()
            display.say("drawing the contact sheet")
            write_contact_sheet(play.studio, premises.contact_sheet)
        print_summary(play, premises, seconds=time.monotonic() - began)
        if keep:
            print(f"\nhaikei's pages, once and within ten minutes: {_link(play.studio)}")
            print(f"The pretend studio: {play.url}  (Ctrl-C ends it)", flush=True)
            while all(child.poll() is None for child in children):
                time.sleep(0.5)


def _open(premises: Premises, children: list[subprocess.Popen[str]], stack: ExitStack, display: Display) -> Play:
    display.say("starting the pretend studio")
    studio_log = stack.enter_context(premises.log("studio").open("a", encoding="utf-8"))
    children.append(start_sandbox(premises.folder / "studio", tracker=premises.tracker, seed=DEMO_SEED, port=premises.port, log=studio_log))
    ready = wait_ready(children[0], what="the pretend studio")
    write_settings(premises, ready)
    settings = read_settings(premises.settings_file)
    for _ in open_tracker(settings).set_up(apply=True):
        pass
    display.say("starting the integration and a render worker (the model is loaded once)")
    up_log = stack.enter_context(premises.log("haikei").open("a", encoding="utf-8"))
    children.append(_start_up(premises, up_log))
    wait_ready(children[1], what="`haikei up`")
    studio = open_studio(settings)
    staff = open_pretend_staff(settings, password=PASSWORD)
    return Play(studio=studio, staff=staff, url=ready["url"], display=display, children=children)


def _link(studio: Studio) -> str:
    web = studio.settings.web
    roles = set(WebRole) - {WebRole.AUDITOR}
    return trial_link(studio.engine, web, f"http://{web.host}:{web.port}", roles=roles, name="trial")


def _start_up(premises: Premises, log: TextIO) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "integration.cli.app", "up", "--settings", str(premises.settings_file)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8")
