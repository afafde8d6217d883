"""An RFC 3161 authority on loopback, made with OpenSSL, that can be told to be down."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.needed import missing

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
x509_extensions = root
prompt = no
[name]
CN = A test's own root
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@dataclass
class TimestampAuthority:
    """Where it answers, and whom it is trusted by."""

    url: str
    root: Path
    """PEM."""
    down: bool = False
    asked: int = 0


@contextmanager
def timestamp_authority(folder: Path) -> Iterator[TimestampAuthority]:
    """Run one until the block ends."""
    if shutil.which("openssl") is None:
        missing("OpenSSL's command (Debian: openssl)")
    folder.mkdir()
    (folder / "tsa.cnf").write_text(_CONFIG)
    (folder / "serial").write_text("01\n")
    _openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 30 -config tsa.cnf -keyout root.key -out root.pem")
    _openssl(folder, "req -new -newkey rsa:2048 -nodes -config tsa.cnf -keyout tsa.key -out tsa.csr -subj /CN=authority")
    _openssl(
        folder, "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -extfile tsa.cnf -extensions leaf -out tsa.pem"
    )
    authority = TimestampAuthority(url="", root=folder / "root.pem")

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            authority.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if authority.down:
                self.send_error(503)
                return
            (folder / "query.tsq").write_bytes(body)
            _openssl(folder, "ts -reply -config tsa.cnf -section here -queryfile query.tsq -signer tsa.pem -inkey tsa.key -out answer.tsr")
            answer = (folder / "answer.tsr").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's own name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        authority.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
        yield authority
        server.shutdown()


def _openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True, timeout=60)
