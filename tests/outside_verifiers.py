"""Two programs that check a record's tiles and share no code with haikei: PyPI's tlog-scales, and the Go team's packages."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint

from integration.ledger.pack import write_pack
from tests.needed import missing

GOPATH = Path("/usr/share/gocode")
"""Where Debian's golang-golang-x-mod-dev lies."""


def unpacked(connection: sa.Connection, folder: Path) -> Path:
    """An audit pack of the whole record, unpacked into `folder`."""
    folder.mkdir(parents=True)
    with (folder / "pack.zip").open("wb") as out:
        write_pack(connection, out)
    with zipfile.ZipFile(folder / "pack.zip") as pack:
        pack.extractall(folder)
    return folder


def check_with_tlog_scales(folder: Path, vkey: str, old: Sequence[bytes] = (), *, every: int = 1) -> int:
    """Check head, signature, every `every`th entry and that each old head is a prefix; returns how many entries were proven.

    Raises:
        Exception: tlog-scales says that something does not hold.
    """
    reader = TilesReader(LocalBackend(folder))
    head = reader.get_checkpoint()
    head.verify(Vkey.from_string(vkey))
    assert reader.calculate_root_hash() == head.root_hash
    files = sorted((folder / "entries").iterdir())[::every]
    for file in files:
        proof = reader.get_inclusion_proof(int(file.stem), head.size)
        proof.check(leaf_hash(file.read_bytes()), head.root_hash)
    for data in old:
        earlier = Checkpoint.from_text(data.decode())
        earlier.verify(Vkey.from_string(vkey))
        reader.get_consistency_proof(earlier.size, head.size).check(earlier.root_hash, head.root_hash)
    return len(files)


def built_go_verifier(folder: Path) -> Path:
    """The Go program, built; skips (in CI: fails) where Go is not there."""
    go = shutil.which("go")
    if go is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        missing("Go with sumdb's packages (Debian: golang-go golang-golang-x-mod-dev)")
    program = folder / "outside"
    source = Path(__file__).parent / "contract" / "ledger" / "outside.go"
    surroundings = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(folder / "go-cache"), "GOFLAGS": ""}
    subprocess.run([str(go), "build", "-o", str(program), str(source)], env=surroundings, check=True, timeout=300)
    return program


def check_with_go(program: Path, folder: Path, vkey: str, old: Sequence[Path] = ()) -> str:
    """What the Go program says.

    Raises:
        AssertionError: it says that something does not hold.
    """
    done = subprocess.run([program, folder, vkey, *old], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
