"""The `haikei` command: every command in one list, each imported only when it runs, and the one place errors become exit codes."""

import re
import sys
import traceback
from pathlib import Path
from typing import Annotated

import structlog
import typer

from integration.cli import order_commands, report_commands
from integration.cli.credit_commands import credit
from integration.cli.flag_commands import flags
from integration.cli.look_commands import look
from integration.cli.notice_commands import notice
from integration.cli.person_commands import person
from integration.cli.sign_in_commands import auditor, sessions, sign_in
from integration.errors import HaikeiError
from integration.log import set_up_log

app = typer.Typer(
    name="haikei",
    help="From approved layout to AI background draft to the artist's revision: orderly, refusable, provable.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]
Apply = Annotated[bool, typer.Option("--apply", help="Write it; without this nothing is changed.")]


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the studio running at the end, with its page.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw an earlier demo's studio away first.")] = False,
    tracker: Annotated[str, typer.Option(help="Whose protocol the pretend studio speaks: shotgrid or ftrack.")] = "shotgrid",
    folder: Annotated[Path | None, typer.Option(help="Where the demo's studio lives; haikei-demo, or haikei-demo-ftrack.")] = None,
) -> None:
    """Run a whole pretend episode: layouts are approved, drafts painted and delivered, an artist takes three up."""
    from integration.cli.demo import run_demo

    run_demo(folder, tracker=tracker, keep=keep, fresh=fresh)


@app.command()
def up(settings: SettingsFile = None) -> None:
    """Run the integration and its render workers against the configured tracker until Ctrl-C or SIGTERM."""
    from integration.cli.up import run_up

    run_up(settings)


@app.command()
def worker(
    settings: SettingsFile = None,
    slot: Annotated[str, typer.Option(help="Name of this worker, unique among all; default: this host's first.")] = "",
    drain: Annotated[bool, typer.Option("--drain", help="Leave when the queue is empty; for render farms.")] = False,
) -> None:
    """Run one render worker in the foreground."""
    from integration.cli.worker import run_worker

    run_worker(settings, slot=slot, drain=drain)


@app.command()
def sandbox(
    tracker: Annotated[str, typer.Option(help="Whose protocol it speaks: shotgrid or ftrack.")] = "shotgrid",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on loopback; 0 picks a free one.")] = 0,
    seed: Annotated[Path | None, typer.Option(help="JSON file of entities; the demo production if left out.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Where it keeps its state; a passing one if left out.")] = None,
) -> None:
    """Run the pretend studio alone; prints one line of JSON with url, script_name or api_user, and api_key when it is ready."""
    from integration.cli.sandbox import run_sandbox

    run_sandbox(tracker, port=port, seed=seed, folder=folder)


@app.command()
def status(settings: SettingsFile = None, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Show every background by state, what is held and why, and events that were set aside."""
    from integration.cli.status import show_status

    show_status(settings, as_json=as_json)


@app.command()
def doctor(settings: SettingsFile = None) -> None:
    """Check connection, rights, fields, steps, statuses, storage, models and clock; say what to do about each."""
    from integration.cli.doctor import run_doctor

    run_doctor(settings)


@app.command()
def setup(
    tracker: Annotated[str, typer.Argument(help="shotgrid or ftrack, as settings name it.")],
    settings: SettingsFile = None,
    apply: Apply = False,
) -> None:
    """Create the fields, attributes and statuses haikei needs on the tracker; a rehearsal unless --apply is given."""
    from integration.cli.setup import run_setup

    run_setup(tracker, settings, apply=apply)


@app.command()
def plan(
    since: Annotated[str, typer.Option(help="2026-11-22, 2026-11-22T09:00+09:00, monday, or 36h.")],
    settings: SettingsFile = None,
) -> None:
    """Show what would fire and be written for everything since a moment; writes nothing."""
    from integration.cli.plan import show_plan

    show_plan(settings, since=since)


@app.command()
def hours(
    show: Annotated[str, typer.Option(help="The show's name.")],
    episode: Annotated[str | None, typer.Option(help="Only this episode, by its code.")] = None,
    settings: SettingsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show what hours are logged by step and role; of groups of three people or more, never of one person."""
    from integration.cli.hours import show_hours

    show_hours(settings, show, episode=episode, as_json=as_json)


@app.command()
def policy(
    project: Annotated[str | None, typer.Argument(help="A show's name or id; every enabled show if left out.")] = None,
    settings: SettingsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """Show what AI use each show allows: who allowed it, for what, until when, and where that was read."""
    from integration.cli.policy import show_policy

    show_policy(settings, project, as_json=as_json)


@app.command()
def replay(
    what: Annotated[str, typer.Argument(help="An event id from `haikei status`, or a draft's key that failed.")],
    settings: SettingsFile = None,
) -> None:
    """Hand an event to its hooks once more, or take a failed draft up again; what was done is not done twice."""
    from integration.cli.replay import run_replay

    run_replay(settings, what)


@app.command()
def reproduce(
    draft: Annotated[str, typer.Argument(help="A Version's id or name, such as 'c012 BG AI draft r1 A', or a round's key and a letter.")],
    out: Annotated[Path | None, typer.Option(help="Write the new picture to this PNG file, too.")] = None,
    settings: SettingsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Paint a delivered draft once more from its recipe and say how like it came out; exit code 1 when it is not the same picture."""
    from integration.cli.reproduce import run_reproduce

    if not run_reproduce(settings, draft, out=out, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def inspect(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders that are looked through to their end.")],
    roots: Annotated[Path | None, typer.Option(help="PEM file of certificates whose signers are known to you.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    all_files: Annotated[bool, typer.Option("--all", help="Name files without findings too.")] = False,
) -> None:
    """Look through files for what they say of AI; needs no tracker and no settings. Exit code 1 when something was found."""
    from integration.cli.inspect import run_inspect

    run_inspect(paths, roots=roots, as_json=as_json, all_files=all_files)


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="A revision as it was handed in: PNG, JPEG, TIFF, ORA or PSD.")],
    draft: Annotated[str, typer.Option(help="The draft's Version it was painted over, where the record does not say.")] = "",
    without_draft: Annotated[bool, typer.Option("--without-draft", help="It was painted over no draft.")] = False,
    out: Annotated[Path | None, typer.Option(help="New file; for a PSD its .c2pa sidecar.")] = None,
    settings: SettingsFile = None,
) -> None:
    """Sign Content Credentials into a revision that the record knows."""
    from integration.cli.sign import run_sign

    run_sign(settings, file, draft=draft, without_draft=without_draft, out=out)


report = typer.Typer(no_args_is_help=True, help="Print what the record says.")
app.add_typer(report, name="report")


@report.callback()
def _report() -> None:
    """Print what the record says."""


@report.command("shot")
def report_shot(
    cut: Annotated[str, typer.Argument(help="The cut's code, such as c003.")],
    settings: SettingsFile = None,
    show: Annotated[str | None, typer.Option(help="The show's name, where several have such a cut.")] = None,
    episode: Annotated[str | None, typer.Option(help="The episode's code, where several have such a cut.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write it to this file, which becomes an entry.")] = None,
    person: Annotated[str, typer.Option(help="Who asks for the file: name or id as the tracker has it.")] = "",
) -> None:
    """Print who and what contributed to one cut, in order, with names."""
    from integration.cli.report import show_shot

    show_shot(settings, cut, show=show, episode=episode, as_json=as_json, out=out, person=person)


report_commands.add_to(report)


style = typer.Typer(no_args_is_help=True, help="The studio's own styles.")
app.add_typer(style, name="style")


@style.callback()
def _style() -> None:
    """The studio's own styles."""


@style.command("train")
def style_train(
    boards: Annotated[Path, typer.Option(help="Folder of the studio's own pictures.")],
    consent: Annotated[Path, typer.Option(help="TOML or CSV list: file, sha256, artist, consent, date, scope for each picture.")],
    look: Annotated[str, typer.Option(help="The Look whose model learns the style.")],
    out: Annotated[Path, typer.Option(help="Folder to write, called as the style.")],
    steps: Annotated[int, typer.Option(min=1, max=100_000, help="Training steps in all.")] = 800,
    rank: Annotated[int, typer.Option(min=1, max=128, help="How much the style can hold.")] = 8,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Decides all chance.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the boards and their consents; train nothing.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Train a style (LoRA) on boards whose artists consented; goes on where it was stopped."""
    from integration.cli.style import run_style_train

    run_style_train(settings, boards=boards, consent=consent, look=look, out=out, steps=steps, rank=rank, seed=seed, dry_run=dry_run)


@app.command()
def verify(
    what: Annotated[
        Path | None, typer.Argument(help="An audit pack, or a copy of the database; the studio's own record if left out.")
    ] = None,
    settings: SettingsFile = None,
    shot: Annotated[str | None, typer.Option(help="Say how each entry about this cut stands.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Say whether the record knows this file.")] = None,
    report: Annotated[Path | None, typer.Option(help="Say whether this report is one that was exported.")] = None,
    checkpoint: Annotated[list[Path] | None, typer.Option(help="A checkpoint somebody outside kept; may be repeated.")] = None,
    vkey: Annotated[list[str] | None, typer.Option(help="A public key somebody outside kept, or its file; may be repeated.")] = None,
    tsa: Annotated[list[Path] | None, typer.Option(help="A timestamp authority's root certificate, PEM; may be repeated.")] = None,
) -> None:
    """Say what of the record holds, what does not, and since when; needs no network. Exit code 1 when something does not hold."""
    from integration.cli.verify import Question
    from integration.cli.verify import verify as run_verify

    question = Question(shot=shot, picture=picture, report=report, checkpoints=checkpoint or (), vkeys=vkey or (), certificates=tsa or ())
    run_verify(settings, what, question)


@app.command()
def bundle(
    out: Annotated[Path, typer.Option(help="The zip to write.")],
    settings: SettingsFile = None,
    show: Annotated[str | None, typer.Option(help="The show's name.")] = None,
    shot: Annotated[str | None, typer.Option(help="The cut's code.")] = None,
    with_names: Annotated[bool, typer.Option("--with-names", help="Add who the references stand for.")] = False,
    with_hours: Annotated[bool, typer.Option("--with-hours", help="Add everybody's hours: for payroll and its auditor alone.")] = False,
) -> None:
    """Write an audit pack of a show or a cut, with everything an outsider needs to check it without us."""
    from integration.cli.bundle import make_bundle

    make_bundle(settings, out, show=show, shot=shot, with_names=with_names, with_hours=with_hours)


keys = typer.Typer(no_args_is_help=True, help="The keys the record is signed with.")
app.add_typer(keys, name="keys")


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Argument(help="The record's name, such as studio.example/haikei; record.name if left out.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Make the record's first key, and print the line outsiders need."""
    from integration.cli.keys import create_key

    create_key(settings, name)


@keys.command("show")
def keys_show(settings: SettingsFile = None) -> None:
    """Print every public key of the record."""
    from integration.cli.keys import show_keys

    show_keys(settings)


@keys.command("rotate")
def keys_rotate(
    settings: SettingsFile = None,
    leaked: Annotated[bool, typer.Option("--leaked", help="Somebody else may hold it: it vouches for no successor.")] = False,
) -> None:
    """Replace the key in use; the old one signs the hand-over and is deleted."""
    from integration.cli.keys import rotate_key

    rotate_key(settings, leaked=leaked)


app.command("order")(order_commands.order)
app.command("orders")(order_commands.orders)
app.command("receive")(order_commands.receive)
app.command("sign-in")(sign_in)
app.add_typer(auditor, name="auditor")
app.add_typer(sessions, name="sessions")
app.add_typer(credit, name="credit")
app.add_typer(flags, name="flags")
app.add_typer(look, name="look")
app.add_typer(notice, name="notice")
app.add_typer(person, name="person")


def main() -> None:
    """Run the command line; every error of ours is one sentence, a hint and exit code 1, and any other is logged and exit code 70."""
    try:
        app()
    except HaikeiError as error:
        print(f"haikei: {error}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:
        _tell_unexpected(error)
        sys.exit(70)


def _tell_unexpected(error: Exception) -> None:
    """Log the traceback and say it in one line; passwords in addresses are struck out of both."""
    set_up_log(level="error")
    structlog.get_logger(__name__).error("command failed", exception=_without_passwords("".join(traceback.format_exception(error))))
    said = " ".join(_without_passwords(str(error)).split())
    print(f"haikei: unexpected {type(error).__name__}: {said}", file=sys.stderr)
    print("  This is a mistake in haikei, not yours: report it with the log above; what was done stays done.", file=sys.stderr)


def _without_passwords(text: str) -> str:
    return re.sub(r"(://[^:/\s]*):[^\s'\"]*@", r"\1:***@", text)


if __name__ == "__main__":
    main()
