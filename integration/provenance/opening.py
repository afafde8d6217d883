"""Opens who signs Content Credentials; what signs is loaded only where somebody does."""

from pathlib import Path
from typing import TYPE_CHECKING

from integration.errors import SettingsError
from integration.settings import CredentialsSettings

if TYPE_CHECKING:
    from integration.provenance.signing import Signer


def open_signer(settings: CredentialsSettings, *, state_folder: Path) -> "Signer | None":
    """Who signs by these settings; None where nobody does.

    Raises:
        SettingsError: the certificate or its key cannot be used; the message says why.
    """
    if not settings.trial and settings.certificate is None:
        return None
    from integration.provenance.certificate import read_certificate, trial_certificate
    from integration.provenance.signing import Signer

    if settings.certificate is None:
        certificate = trial_certificate(state_folder / "keys")
    else:
        certificate = read_certificate(settings.certificate, settings.key, settings.command, settings.roots)
    return Signer(certificate, timestamp_url=settings.timestamp_url)


def read_roots(settings: CredentialsSettings) -> str:
    """The roots that signers are trusted by, PEM; empty where none are set.

    Raises:
        SettingsError: the file cannot be read.
    """
    if settings.roots is None:
        return ""
    try:
        return settings.roots.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"credentials.roots {settings.roots} cannot be read: {error}", hint="Give a PEM file of certificates."
        ) from error
