"""Models are fetched only where the settings allow it, without code, from a hub that speaks the real hub's protocol."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "model_index.json": b"{}",
    "unet/config.json": b"{}",
    "unet/diffusion_pytorch_model.safetensors": b"weights",
    "unet/diffusion_pytorch_model.bin": b"a pickle",
    "pipeline.py": b"raise SystemExit",
}
REPOSITORY = "studio/small"
TEMPLATE = f"""name = "small"
title = "Small"
kind = "controlnet"
[model]
folder = ""
revision = ""
repository = "{REPOSITORY}"
"""


class Hub(BaseHTTPRequestHandler):
    """The two calls of the hub's API that a download makes, and the files themselves."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        if path.startswith(f"/api/models/{REPOSITORY}/tree/"):
            tree = [
                {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()} for name, data in FILES.items()
            ]
            self._send(json.dumps(tree).encode(), body=body)
        elif path.startswith("/api/models/studio/lying"):
            self._send(json.dumps({"id": "studio/lying", "sha": "../../outside", "siblings": []}).encode(), body=body)
        elif path.startswith(f"/api/models/{REPOSITORY}"):
            facts = {"id": REPOSITORY, "sha": COMMIT, "siblings": [{"rfilename": name} for name in FILES]}
            self._send(json.dumps(facts).encode(), body=body)
        elif (name := path.removeprefix(f"/{REPOSITORY}/resolve/{COMMIT}/")) in FILES:
            self._send(FILES[name], body=body)
        else:
            self.send_error(404)

    def _send(self, data: bytes, *, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self.wfile.write(data)


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(tmp_path: Path, hub: str, *, allowed: bool, repository: str = REPOSITORY) -> subprocess.CompletedProcess[str]:
    (tmp_path / "small.toml").write_text(TEMPLATE.replace(REPOSITORY, repository), encoding="utf-8")
    (tmp_path / "haikei.toml").write_text(f"[render]\nallow_fetch = {str(allowed).lower()}\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "integration.cli.app",
        "look",
        "fetch",
        str(tmp_path / "small.toml"),
        "--into",
        str(tmp_path / "models"),
    ]
    home = {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return subprocess.run(
        [*command, "--settings", str(tmp_path / "haikei.toml")], env={**clean, **home}, capture_output=True, text=True, check=False
    )


def test_what_a_ready_look_wants_is_fetched_without_anything_that_runs_code(tmp_path: Path, hub: str) -> None:
    done = fetch(tmp_path, hub, allowed=True)

    assert done.returncode == 0, done.stderr
    folder = tmp_path / "models" / "small" / COMMIT
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file() and ".cache" not in file.parts}
    assert found == {"model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors"}
    assert f"--folder {folder}" in done.stdout


def test_nothing_is_fetched_where_the_settings_do_not_allow_it(tmp_path: Path, hub: str) -> None:
    done = fetch(tmp_path, hub, allowed=False)

    assert done.returncode == 1
    assert "do not allow fetching" in done.stderr
    assert not (tmp_path / "models").exists()


def test_a_repository_the_hub_does_not_give_is_named(tmp_path: Path, hub: str) -> None:
    done = fetch(tmp_path, hub, allowed=True, repository="studio/gated")

    assert done.returncode == 1
    assert "does not give studio/gated" in done.stderr


@pytest.mark.parametrize(
    ("repository", "words"), [("studio/lying", "names '../../outside' as the commit"), ("studio/..", "cannot name a repository")]
)
def test_nothing_is_written_outside_the_folder_that_was_named(tmp_path: Path, hub: str, repository: str, words: str) -> None:
    done = fetch(tmp_path, hub, allowed=True, repository=repository)

    assert done.returncode == 1
    assert words in done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"small.toml", "haikei.toml", "home"}
