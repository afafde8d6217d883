"""The certificate that signs Content Credentials: a studio's own from files, or one made for the trial that says so in its name."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from integration.errors import SettingsError

TRIAL = "haikei trial certificate - proves nothing"
"""Organisation in the certificate that is made when a studio has given none."""
_TRIAL_DAYS = 3650
_CALLBACK_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate for Content Credentials, ES256 (ECDSA on P-256)."""

    chain: str
    """PEM: the signer's own certificate first, then those up to the root, without it."""
    key: str = ""
    """PEM, PKCS 8; empty when a command signs."""
    command: tuple[str, ...] = ()
    """A program that reads the bytes to sign on standard input and writes the raw 64-byte signature (r, s)."""
    roots: str = ""
    """PEM of the root, for those who check."""

    @property
    def holder(self) -> str:
        """Whose certificate it is, as its subject says."""
        return self._own().subject.rfc4514_string()

    @property
    def ends(self) -> datetime:
        """When it ends, aware UTC."""
        return self._own().not_valid_after_utc

    def _own(self) -> x509.Certificate:
        return x509.load_pem_x509_certificates(self.chain.encode())[0]

    def signing_call(self) -> Callable[[bytes], bytes] | None:
        """What signs when the key is held elsewhere; None when `key` does."""
        if not self.command:
            return None

        def sign(message: bytes) -> bytes:
            done = subprocess.run(self.command, input=message, capture_output=True, timeout=_CALLBACK_S, check=False)
            if done.returncode or len(done.stdout) != 64:
                raise RuntimeError(f"{self.command[0]} gave {len(done.stdout)} bytes and exit code {done.returncode}")
            return done.stdout

        return sign


def read_certificate(chain: Path, key: Path | None, command: tuple[str, ...] = (), roots: Path | None = None) -> Certificate:
    """The certificate in these files.

    Raises:
        SettingsError: a file cannot be read, others may read the key, it holds no certificate or P-256 key, or they do not belong together.
    """
    if (key is None) == (not command):
        raise SettingsError("a certificate needs a key file or a signing command, not both", hint="Set one of them.")
    text = _read(chain)
    certificate = _first_certificate(chain, text)
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise SettingsError(
            f"the certificate in {chain} ended on {certificate.not_valid_after_utc:%Y-%m-%d}",
            hint="Have it issued anew, and set both files.",
        )
    if key is not None:
        _require_private(key)
        _require_pair(certificate, _read(key), key)
    return Certificate(
        chain=text.decode("ascii"),
        key=_read(key).decode("ascii") if key else "",
        command=command,
        roots=_read(roots).decode("ascii") if roots else "",
    )


def trial_certificate(folder: Path) -> Certificate:
    """The certificate for the trial, kept in `folder`, made when it is not there.

    Raises:
        SettingsError: what is there cannot be used, or the folder cannot be written.
    """
    chain, key, root = (folder / name for name in ("trial-chain.pem", "trial-key.pem", "trial-root.pem"))
    if not (chain.is_file() and key.is_file() and root.is_file()):
        _make(folder, chain, key, root)
    return read_certificate(chain, key, roots=root)


def _make(folder: Path, chain: Path, key: Path, root: Path) -> None:
    above, above_key = _issue("haikei trial root", None)
    leaf, leaf_key = _issue("haikei render service", (above, above_key))
    private = leaf_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path, data, mode in (
            (key, private, 0o600),
            (root, above.public_bytes(serialization.Encoding.PEM), 0o644),
            (chain, leaf.public_bytes(serialization.Encoding.PEM), 0o644),
        ):
            part = path.with_suffix(".part")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
                file.write(data)
            part.replace(path)
    except OSError as error:
        raise SettingsError(f"the trial certificate cannot be kept in {folder}: {error.strerror}", hint="Check the folder.") from error


def _issue(
    common_name: str, above: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A root, or a leaf below it, that fits what C2PA 2 asks of certificates (key usages, identifiers, organisation)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, TRIAL), x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC) - timedelta(minutes=5)
    issuer_key = above[1] if above else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(above[0].subject if above else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=_TRIAL_DAYS))
        .add_extension(x509.BasicConstraints(ca=above is None, path_length=0 if above is None else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(signs_certificates=above is None), critical=True)
    )
    if above is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()), key


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _first_certificate(file: Path, pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(pem)[0]
    except ValueError as error:
        raise SettingsError(f"{file} holds no certificate", hint="Give a PEM file, the signer's own certificate first.") from error


def _require_pair(certificate: x509.Certificate, pem: bytes, file: Path) -> None:
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{file} holds no private key that can be read", hint="Give it as PEM, PKCS 8, without a password.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SettingsError(f"the key in {file} is no P-256 key", hint="Content Credentials are signed with ES256 here.")
    if key.public_key() != certificate.public_key():
        raise SettingsError(f"the key in {file} does not belong to the certificate", hint="Give the pair that was issued together.")


def _require_private(file: Path) -> None:
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}", hint="Check the path and who may read it.") from error
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(f"others may read the key in {file}", hint=f"Run: chmod 600 {file}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}", hint="Check the path and who may read it.") from error
