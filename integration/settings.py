"""haikei.toml, then HAIKEI_* variables, then flags: one frozen `Settings`, read once by the command line."""

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from integration.errors import SettingsError
from integration.labour_settings import Budget, LabourSettings
from integration.policy_settings import AiModels, AiUse
from integration.record_settings import RecordSettings
from integration.report_settings import CreditSettings
from integration.secret_file import secret_of
from integration.tracker_settings import FtrackSettings, ShotGridSettings, with_usual_names
from integration.web_settings import WebSettings


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StorageSettings(_Part):
    """Where media are kept."""

    kind: Literal["filesystem", "s3"] = "filesystem"
    folder: Path | None = None
    """For ``filesystem``; ``media`` in the state folder when empty."""
    bucket: str = ""
    prefix: str = "haikei/"
    endpoint_url: str | None = None
    """For S3-compatible servers other than Amazon's."""
    region: str = "us-east-1"
    access_key_id: SecretStr = SecretStr("")
    """Empty: boto3's own chain (instance role, profile)."""
    secret_access_key: SecretStr = SecretStr("")
    secret_access_key_file: Path | None = None


class DatabaseSettings(_Part):
    """haikei's own database: inbox, workflows, record."""

    url: SecretStr = SecretStr("")
    """Empty: a SQLite file in the state folder. ``postgresql+psycopg://user@host/haikei`` past one machine."""
    url_file: Path | None = None
    """A file that holds the URL, for passwords."""


class IntakeSettings(_Part):
    """How events are looked for."""

    poll_s: float = Field(5.0, ge=0.05, le=300)
    """Seconds between two looks at the event log."""
    look_back_s: float = Field(300.0, ge=0, le=3600)
    """How long an event may be committed late and still be seen."""
    sweep_s: float = Field(600.0, ge=1, le=86400)
    """Seconds between two comparisons of approved layouts with drafts."""
    hook_attempts: int = Field(5, ge=1, le=50)
    """After so many failures a hook's event is set aside and listed."""
    hook_retry_s: float = Field(2.0, ge=0, le=3600)
    """First wait before a failed hook runs again; doubles each time, at most five minutes."""
    nudge_host: str = "127.0.0.1"
    """Address on which a studio's own event server may tell that something happened."""
    nudge_port: int = Field(0, ge=0, le=65535)
    """Its UDP port; 0: nobody is heard."""


class HooksSettings(_Part):
    """A studio's own hooks."""

    folders: tuple[Path, ...] = ()
    """Folders whose ``*.py`` files are loaded beside the built-in ones."""


class RenderSettings(_Part):
    """What paints."""

    look: str = "house"
    """Look used where a project names none."""
    looks: tuple[Path, ...] = ()
    """Folders of Look files beside the built-in one."""
    allow_fetch: bool = False
    """Whether `haikei look fetch` may fetch models from a hub; painting itself never fetches anything."""
    workers: int = Field(1, ge=0, le=64)
    """Render workers `haikei up` starts on this machine; 0 where other machines paint."""
    threads: int = Field(0, ge=0, le=256)
    """CPU threads of each worker; 0 lets PyTorch choose."""
    batch_size: int = Field(0, ge=0, le=64)
    """Pictures a worker paints at once; 0 is what suits the device."""
    compile: bool = False
    """Compile models on a GPU: minutes at the first picture of each size, faster after."""
    hung_s: float = Field(600.0, ge=1, le=86400)
    """So long without a step of the model means that the device hangs, and the worker is started again."""


class GenzuRule(_Part):
    """Which Version on the layout task is the genzu; every condition given must hold, the newest that fits is taken."""

    statuses: tuple[str, ...] = ()
    """Version statuses that count; empty: any."""
    types: tuple[str, ...] = ()
    """Version types that count; empty: any."""
    marked: bool = False
    """Only Versions whose `genzu_field` is set."""


class AssignmentRule(_Part):
    """Who gets the review task."""

    kind: Literal["fixed", "group", "round_robin", "nobody"] = "nobody"
    to: tuple[str, ...] = ()
    """Logins, e-mails or names: one or more for fixed, one group for group, people or one group for round_robin."""

    @model_validator(mode="after")
    def _names_somebody(self) -> "AssignmentRule":
        if self.kind != "nobody" and not self.to:
            raise ValueError(f"assignment '{self.kind}' needs at least one name in 'to'")
        return self


class OrderRules(_Part):
    """What outside houses are sent and hand back (`haikei order`, `haikei receive`)."""

    width_px: int = Field(1920, ge=160, le=16_000)
    """Width of a standard frame's picture as it is handed back; a pan's grows with its frame."""
    height_px: int = Field(1080, ge=160, le=16_000)
    """Its height."""
    formats: tuple[Literal["psd", "png", "tif", "jpg"], ...] = Field(("psd", "png"), min_length=1)
    """Suffixes that files may be handed back with, the best liked first."""
    board_types: tuple[str, ...] = ("art board", "美術ボード")
    """Version types, on the layout or the review task, that are art boards; no genzu has one."""
    received_status: str = "rev"
    """Version status of what a house handed back."""


DEFAULT_BOOK_PATTERN = r"(?i)(?<![a-z+&・/])(?:BOOK|ブック)(?![a-z]{2})[\s_.-]*(\d{1,3}(?!\d)|[A-Z](?![A-Z0-9]))?"
"""``BOOK``, ``BOOK1``, ``book_2``, ``ブックA``; not ``BG+BOOK``, which holds both."""


class ProjectSettings(_Part):
    """What one show calls things, and what it allows."""

    layout_step: str = "Layout"
    background_step: str = "Background"
    review_task: str = "BG revision"
    """Name of the task artists find drafts on."""
    approved: tuple[str, ...] = Field(("apr",), min_length=1)
    """Task statuses that mean the layout is approved."""
    review_status: str = "rdy"
    """Task status of a review task with fresh drafts."""
    waiting_status: str = "wtg"
    """Task status of a review task whose drafts were superseded."""
    draft_status: str = "aidr"
    """Version status of a delivered draft; a status of its own, never an approval. `haikei setup` makes it."""
    superseded_status: str = "sup"
    """Version status of a draft whose layout was reopened or replaced."""
    outcomes: dict[str, Literal["used", "partly_used", "not_used", "from_scratch", "layout_only"]] = {
        "use": "used",
        "prt": "partly_used",
        "nus": "not_used",
    }
    """Version statuses with which an artist says what became of a draft."""
    omitted_statuses: tuple[str, ...] = ("omt",)
    """Statuses of a Shot, or of what backgrounds hang on, that say that it is not made after all."""
    art_directors: tuple[str, ...] = ()
    """Whose Notes may ask for new drafts: logins, e-mails, names or groups; nobody's when empty."""
    new_round_words: tuple[Annotated[str, Field(min_length=1, max_length=60)], ...] = ("新ラウンド", "再ドラフト", "new draft", "#redraft")
    """What such a Note says, in whatever letters and widths."""
    max_rounds: int = Field(2, ge=1, le=9)
    """How many rounds of drafts an approved genzu gets in all when its art director asks for more."""
    retake_statuses: tuple[str, ...] = ("rtk",)
    """Version statuses with which a revision is sent back to its artist (リテイク)."""
    final_statuses: tuple[str, ...] = ("apr", "fin")
    """Version statuses that mean a final deliverable: with AI-made area, one wants a permission of scope ``final``."""
    ai_notice: Path | None = None
    """A text in UTF-8 that everybody who is handed drafts is given once, as a Note."""
    ai_notice_version: str = Field("", pattern=r"^([a-z0-9][a-z0-9_.-]*)?$")
    """Which version of it this is; a changed text wants a new one."""
    flags_to: tuple[str, ...] = ()
    """Who is told that a question about a Version waits, by login, e-mail or name."""
    revision_types: tuple[str, ...] = ()
    """Version types that are revisions wherever on the background they are handed in, beside all on the review task."""
    handoff: tuple[Literal["psd", "ora"], ...] = ("psd",)
    """Formats of the layered file that goes with the drafts."""
    write_back: bool = True
    """Whether a summary and a link to the evidence are written on Shots and Versions."""
    no_draft_for: tuple[str, ...] = ()
    """Who is handed no drafts, by login, e-mail or name, or a group: their backgrounds are painted from the layout."""
    outcome_by: tuple[str, ...] = ()
    """Who may say what became of a draft beside those it was given to, by login, e-mail or name, or a group."""
    draft_type: str = "AI draft"
    """Version type of drafts; also stands in their names."""
    genzu: GenzuRule = GenzuRule()
    correction_types: tuple[str, ...] = ("correction", "作監修正")
    """Version types on the layout task that are corrections; their makers are credited, and they are no genzu."""
    cleaner_roles: tuple[str, ...] = ("原図整理", "genzu clean-up")
    """Roles, as the tracker writes them, of people who clean genzu up; others who hand one in are recorded as that."""
    assignment: AssignmentRule = AssignmentRule()
    drafts: int = Field(3, ge=1, le=8)
    """How many drafts a genzu gets."""
    look: str = ""
    """Look of this show; empty: `render.look`."""
    words: dict[Annotated[str, Field(min_length=1, max_length=120)], Annotated[str, Field(max_length=120)]] = {}
    """House words: what stands in the prompt for a term of the show, such as the name of a place."""
    quality: Literal["flag", "refuse"] = "flag"
    """What becomes of a draft that is still bad when it was painted again: delivered and said so, or not delivered."""
    least_layout_kept: float = Field(0.35, ge=0, le=1)
    """Share of the layout's lines, beyond chance, that a draft must keep; 0 asks for none."""
    book_pattern: str = DEFAULT_BOOK_PATTERN
    """Finds a BOOK's number or letter, its one group, in the name or type of a Version; such a Version is the BOOK's genzu."""
    orders: OrderRules = OrderRules()
    budget: Budget = Budget()
    frame_rate: int = Field(24, ge=1, le=120)
    """Frames a second that timecodes count, without drop frames; 23.976 counts 24."""
    time_zone: str = "Asia/Tokyo"
    day_start: time = time(5)
    """When the studio's day begins, in `time_zone`: half past one at night is 25:30 of the day before."""
    ai_use: tuple[AiUse, ...] = ()
    """Permissions; none means AI is not allowed."""
    ai_models: AiModels = AiModels()
    """What is demanded of what paints; a policy in the tracker may only add to it."""
    ai_use_from: Literal["settings", "tracker"] = "settings"
    """Whose permissions count: those here, or those in the project's field in the tracker."""
    ai_use_may_allow: tuple[str, ...] = ()
    """Who may allow AI in the tracker, by login, e-mail or name; empty: any active person, and whoever may edit the field."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"'{value}' is no time zone; write one such as Asia/Tokyo") from error
        return value

    @field_validator("day_start")
    @classmethod
    def _in_the_morning(cls, value: time) -> time:
        if value.tzinfo or value >= time(12):
            raise ValueError(f"'{value}' is no hour before noon; write one such as 05:00, or 00:00 for midnight")
        return value

    @field_validator("book_pattern")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        try:
            groups = re.compile(value).groups
        except re.error as error:
            raise ValueError(f"'{value}' is no regular expression: {error}") from error
        if groups > 1:
            raise ValueError(f"'{value}' has {groups} groups; the one it may have is the BOOK's number or letter")
        return value


class CredentialsSettings(_Part):
    """Whose certificate signs Content Credentials (C2PA) into drafts, and into revisions on request."""

    certificate: Path | None = None
    """PEM: the signer's own certificate first, then those up to the root, without it; nothing is signed when empty."""
    key: Path | None = None
    """PEM, PKCS 8, P-256; readable by its owner alone."""
    command: tuple[str, ...] = ()
    """In place of `key`: a program that reads bytes on standard input and writes the raw 64-byte ES256 signature."""
    roots: Path | None = None
    """PEM: roots that signers are trusted by, ours and our vendors'."""
    timestamp_url: str = ""
    """An RFC 3161 authority that is asked at every signing."""
    trial: bool = False
    """Sign with a certificate that haikei makes and that says in its name that it proves nothing."""
    show_prompt: bool = False
    """Whether drafts carry their prompt's words; else its hash alone."""

    @model_validator(mode="after")
    def _one_signer(self) -> "CredentialsSettings":
        if self.trial and self.certificate:
            raise ValueError("give a certificate or 'trial', not both")
        if self.certificate and (self.key is None) == (not self.command):
            raise ValueError("a certificate needs a key file or a signing command, one of them")
        return self


class Settings(BaseSettings):
    """Everything a person may set. The default, with no file, runs the pretend studio, local storage and the house model."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="HAIKEI_", env_nested_delimiter="__", toml_file=None, validate_default=True
    )

    tracker: Literal["sandbox", "shotgrid", "ftrack"] = "sandbox"
    state_folder: Path = Path(".haikei")
    """Database, media and the pretend studio, unless set elsewhere."""
    shotgrid: ShotGridSettings = ShotGridSettings()
    ftrack: FtrackSettings = FtrackSettings()
    storage: StorageSettings = StorageSettings()
    database: DatabaseSettings = DatabaseSettings()
    intake: IntakeSettings = IntakeSettings()
    hooks: HooksSettings = HooksSettings()
    render: RenderSettings = RenderSettings()
    record: RecordSettings = RecordSettings()
    credentials: CredentialsSettings = CredentialsSettings()
    web: WebSettings = WebSettings()
    labour: LabourSettings = LabourSettings()
    credits: CreditSettings = CreditSettings()
    projects: dict[str, ProjectSettings] = {}
    """Enabled projects by name or tracker id; events of others are left alone."""

    @model_validator(mode="before")
    @classmethod
    def _usual_names(cls, given: Any) -> Any:
        return with_usual_names(given)

    @model_validator(mode="after")
    def _money_can_be_counted(self) -> "Settings":
        unpriced = [name for name, rules in self.projects.items() if rules.budget.money and not self.labour.gpu_hour_price]
        if unpriced:
            raise ValueError(f"the budget of '{unpriced[0]}' is in money: set 'labour.gpu_hour_price', or give it in machine_minutes")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def database_url(self) -> str:
        """SQLAlchemy URL of haikei's database.

        Raises:
            SettingsError: the file that should hold it cannot be read.
        """
        if self.database.url.get_secret_value() or self.database.url_file:
            return secret_of(self.database.url, self.database.url_file, "database.url")
        return f"sqlite:///{(self.state_folder / 'haikei.sqlite').absolute()}"


def read_settings(file: Path | None = None, *, flags: Mapping[str, Any] | None = None) -> Settings:
    """Read `file` (haikei.toml in the working folder if there is one), the environment and `flags`, the last the strongest.

    Raises:
        SettingsError: a file that was named is missing, or any value or key is wrong; the message names each.
    """
    if file is None and Path("haikei.toml").is_file():
        file = Path("haikei.toml")
    if file is not None and not file.is_file():
        raise SettingsError(f"settings file {file} does not exist", hint="Copy haikei.example.toml there, or leave --settings out.")
    sourced = type("Settings", (Settings,), {"model_config": {**Settings.model_config, "toml_file": file}, "__doc__": Settings.__doc__})
    try:
        settings: Settings = sourced(**(flags or {}))
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{file or 'settings'}: {lines}", hint="haikei.example.toml explains every key.") from error
    except ValueError as error:
        raise SettingsError(f"{file}: {error}", hint="The file must be valid TOML.") from error
    return settings
