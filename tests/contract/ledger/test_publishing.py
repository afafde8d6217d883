"""Checkpoints leave the house on a schedule, once, and what is down is asked again."""

import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from integration.database import open_database
from integration.errors import LedgerError
from integration.ledger import heads, keys, log, publication
from integration.ledger.checkpoint import SignedHead, read_checkpoint
from integration.ledger.timestamp import read_stamp
from integration.ledger.vocabulary import Kind
from integration.record_settings import RecordMail, RecordSettings
from integration.settings import Settings
from integration.studio import Studio
from integration.workflow.destinations import destinations, file_name
from integration.workflow.publishing import publish_due, send_owed
from tests.outside_verifiers import unpacked
from tests.timestamp_authority import TimestampAuthority, timestamp_authority
from tests.unit.ledger.record import NAME, Record, entry, pretend_record

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with pretend_record(tmp_path / "studio") as made:
        made.add(3)
        yield made


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestampAuthority]:
    with timestamp_authority(tmp_path_factory.mktemp("tsa") / "authority") as running:
        yield running


def test_a_checkpoint_is_put_into_the_folder_once_a_day_and_recorded(record: Record, tmp_path: Path) -> None:
    settings = RecordSettings(folder=tmp_path / "out")

    send(record, settings, NOON)
    record.add(2)
    send(record, settings, NOON + timedelta(hours=23))
    send(record, settings, NOON + DAY)

    assert names(tmp_path / "out") == ["studio.example_haikei-000000000003.checkpoint", "studio.example_haikei-000000000006.checkpoint"]
    assert [entry.checkpoint.size for entry in published(record) if entry.checkpoint] == [3, 6]
    assert record.check(*(read_checkpoint(path.read_bytes()) for path in (tmp_path / "out").iterdir())).holds


def test_publishing_alone_is_no_reason_to_publish(record: Record, tmp_path: Path) -> None:
    settings = RecordSettings(folder=tmp_path / "out")

    for day in range(5):
        send(record, settings, NOON + day * DAY)

    assert len(names(tmp_path / "out")) == len(published(record)) == 1


def test_stopping_between_sending_and_noting_sends_the_same_again_and_records_it_once(record: Record, tmp_path: Path) -> None:
    settings = RecordSettings(folder=tmp_path / "out")
    send(record, settings, NOON)
    record.edit("UPDATE ledger_publication SET state = 'pending'")

    send(record, settings, NOON + timedelta(hours=1))

    assert len(names(tmp_path / "out")) == len(published(record)) == 1


def test_a_place_that_is_down_is_asked_again_while_others_go_on(record: Record, tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    settings = RecordSettings(folder=tmp_path / "in the way", command=(sys.executable, "-c", "import sys; sys.stdin.read()"))

    send(record, settings, NOON)
    assert [entry.checkpoint.sent_to for entry in published(record) if entry.checkpoint] == ["command"]
    send(record, settings, NOON + timedelta(seconds=5))
    assert attempts(record) == 1
    (tmp_path / "in the way").unlink()
    send(record, settings, NOON + timedelta(seconds=11))

    assert [entry.checkpoint.sent_to for entry in published(record) if entry.checkpoint] == ["command", "folder"]


def test_a_folder_with_a_newer_or_another_checkpoint_is_not_written(record: Record, tmp_path: Path) -> None:
    head = record.sign()
    settings = RecordSettings(folder=tmp_path)
    send_folder = destinations(settings)["folder"]
    newer = tmp_path / file_name(head).replace("003", "009")

    newer.write_bytes(b"newer")
    with pytest.raises(LedgerError, match="over more entries than the record has"):
        send_folder(head)
    newer.rename(tmp_path / file_name(head))
    with pytest.raises(LedgerError, match="holds another checkpoint of the same size"):
        send_folder(head)


def test_a_command_is_given_the_checkpoint_and_its_name(record: Record, tmp_path: Path) -> None:
    keep = "import os, sys; open(os.environ['HAIKEI_CHECKPOINT_NAME'], 'wb').write(sys.stdin.buffer.read())"
    head = record.sign()

    destinations(RecordSettings(command=(sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {keep}")))["command"](head)

    assert (tmp_path / file_name(head)).read_bytes() == head.data


@pytest.mark.parametrize("command", [("no-such-program",), (sys.executable, "-c", "raise SystemExit('disk full')"), ("\x00",)])
def test_a_command_that_fails_is_told(record: Record, command: tuple[str, ...]) -> None:
    with pytest.raises(LedgerError, match=r"record\.command"):
        destinations(RecordSettings(command=command))["command"](record.sign())


def test_a_checkpoint_is_sent_by_mail(record: Record) -> None:
    head = record.sign()
    with mail_server() as (port, received):
        mail = RecordMail(to=("a@auditor.example",), sender="haikei@studio.example", host="127.0.0.1", port=port, starttls=False)

        destinations(RecordSettings(mail=mail))["mail"](head)

    (letter,) = received
    assert "To: a@auditor.example" in letter
    assert f"Message-ID: <{head.root.hex()[:32]}.3@haikei>" in letter
    assert f'filename="{file_name(head)}"' in letter


def test_a_mail_server_that_is_down_or_has_no_encryption_is_told(record: Record) -> None:
    head = record.sign()
    with mail_server() as (port, received):
        mail = RecordMail(to=("a@b.example",), sender="h@s.example", host="127.0.0.1", port=port)
        with pytest.raises(LedgerError, match="did not take it"):
            destinations(RecordSettings(mail=mail))["mail"](head)
    with pytest.raises(LedgerError, match="did not take it"):
        destinations(RecordSettings(mail=mail))["mail"](head)

    assert received == []


def test_a_timestamp_is_fetched_kept_bundled_and_right_by_openssl(record: Record, authority: TimestampAuthority, tmp_path: Path) -> None:
    settings = RecordSettings(timestamp_url=authority.url, timestamp_certificates=(authority.root,))

    send(record, settings, NOON)
    record.sign()
    with record.engine.connect() as connection:
        pack = unpacked(connection, tmp_path / "pack")
    checkpoint, token = pack / "checkpoints/000000000003", pack / "timestamps/000000000003.tsr"
    stamp = read_stamp(token.read_bytes(), checkpoint.read_bytes(), [authority.root.read_bytes()])

    assert (stamp.fits, stamp.authority) == (True, "trusted")
    assert abs(stamp.moment - datetime.now(UTC)) < timedelta(minutes=5)
    asked = ["openssl", "ts", "-verify", "-data", str(checkpoint), "-in", str(token), "-CAfile", str(authority.root)]
    assert "Verification: OK" in subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True).stdout


def test_a_timestamp_authority_that_is_down_is_asked_again(record: Record, authority: TimestampAuthority) -> None:
    settings = RecordSettings(timestamp_url=authority.url)
    authority.down = True
    send(record, settings, NOON)
    authority.down = False

    assert published(record) == []
    send(record, settings, NOON + timedelta(seconds=11))
    assert [entry.checkpoint.sent_to for entry in published(record) if entry.checkpoint] == ["timestamp"]


def test_a_timestamp_over_other_bytes_or_by_a_stranger_is_not_believed(
    record: Record, authority: TimestampAuthority, tmp_path: Path
) -> None:
    head = record.sign()
    token = destinations(RecordSettings(timestamp_url=authority.url))["timestamp"](head)
    with timestamp_authority(tmp_path / "stranger") as stranger:
        foreign = stranger.root.read_bytes()
    assert token is not None

    assert not read_stamp(token, head.data + b"x").fits
    assert "does not lead to" in read_stamp(token, head.data, [foreign]).authority
    for damaged in (b"", b"x", token[:-40], bytes(len(token))):
        with pytest.raises(LedgerError):
            read_stamp(damaged, head.data)


def test_the_record_stays_signed_when_nothing_is_published(record: Record) -> None:
    send(record, RecordSettings(), NOON)

    assert published(record) == []


def test_the_service_makes_a_key_at_the_first_entry_signs_and_sends(tmp_path: Path) -> None:
    settings = Settings(state_folder=tmp_path / "state", record=RecordSettings(folder=tmp_path / "out", sign_every_s=60))
    engine = open_database(settings.database_url())
    log.metadata.create_all(engine)
    site: Any = SimpleNamespace(site="studio.example")
    unused: Any = None
    studio = Studio(settings=settings, tracker=site, storage=unused, engine=engine, queue=unused, projects={})

    publish_due(studio, now=NOON)
    assert not (tmp_path / "state" / "keys").exists()
    with engine.begin() as connection:
        log.append(connection, entry(), key="first")
    for seconds in (0, 5, 70, 80):
        publish_due(studio, now=NOON + timedelta(seconds=seconds))

    assert names(tmp_path / "out") == ["studio.example_haikei-000000000001.checkpoint"]
    with engine.connect() as connection:
        assert [read_checkpoint(data).size for data in heads.every(connection)] == [1, 2]
        (tmp_path / "state" / "keys" / f"record-{keys.public(connection)[0].key_id}.key").unlink()
    later = publish_due(studio, now=NOON + DAY)
    engine.dispose()

    assert publish_due(studio, later, now=NOON + DAY) == later


def send(record: Record, settings: RecordSettings, now: datetime) -> None:
    with record.engine.connect() as connection:
        signer = keys.open_signer(connection, record.keys)
    send_owed(record.engine, signer, settings, destinations(settings), now)


def published(record: Record) -> list[Any]:
    with record.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, kinds=[Kind.CHECKPOINT_PUBLISHED], show=publication.EVERY_SHOW)]


def attempts(record: Record) -> int:
    with record.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT MAX(attempts) FROM ledger_publication")).scalar_one())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class mail_server:  # noqa: N801  # reads as a function
    """An SMTP server on loopback: its port, and the letters it took."""

    def __enter__(self) -> tuple[int, list[str]]:
        letters: list[str] = []

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 here\r\n")
                while line := self.rfile.readline():
                    word = line.split()[0].upper() if line.split() else b""
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        letters.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                    self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_address[1], letters

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_head_names_its_file(record: Record) -> None:
    head: SignedHead = record.sign()

    assert file_name(head) == "studio.example_haikei-000000000003.checkpoint"
    with record.engine.connect() as connection:
        assert heads.newest(connection) == head
    assert head.origin == NAME
