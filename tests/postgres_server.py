"""Starts and stops the PostgreSQL that Debian ships, without root, services or unix sockets."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_S = 30.0
"""Longest wait for a fresh server's first answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server that forgets everything when it stops."""

    port: int
    """On 127.0.0.1."""

    def new_database(self) -> str:
        """``postgresql+psycopg://`` URL of a new, empty database."""
        name = f"haikei_{uuid.uuid4().hex[:12]}"
        with self.connection() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://haikei@127.0.0.1:{self.port}/{name}"

    def connection(self) -> psycopg.Connection:
        """To the server's own database, committing each statement."""
        return psycopg.connect(f"postgresql://haikei@127.0.0.1:{self.port}/postgres", autocommit=True, connect_timeout=5)


def find_postgres() -> Path | None:
    """The folder of initdb and postgres: Debian's newest, or what PATH names; None when there is none."""
    versions = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").is_file()]
    if versions:
        return max(versions, key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def running_postgres(programs: Path) -> Iterator[PostgresServer]:
    """A server in a temporary folder for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="haikei-postgres-"))
    user = _other_user(folder)
    try:
        _run(
            [programs / "initdb", "-D", folder / "data", "-U", "haikei", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            user,
            folder,
        )
        server = PostgresServer(port=_free_port())
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(_command(programs, folder, server.port), user=user, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(server, process, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user(folder: Path) -> str | None:
    """PostgreSQL refuses root: hand the folder to somebody else, and say whom."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            shutil.chown(folder, user=name)
        except LookupError:
            continue
        return name
    raise RuntimeError("tests run as root, and there is neither a user postgres nor nobody to run PostgreSQL")


def _command(programs: Path, folder: Path, port: int) -> list[str | Path]:
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": "200",
    }
    return [programs / "postgres", "-D", folder / "data", "-p", str(port), *(f"--{name}={value}" for name, value in options.items())]


def _run(command: list[str | Path], user: str | None, folder: Path) -> None:
    done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr}")


def _wait(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            server.connection().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
