"""A secret that stands in a setting or, better, in a file of its own."""

from pathlib import Path

from pydantic import SecretStr

from integration.errors import SettingsError


def secret_of(value: SecretStr, file: Path | None, name: str) -> str:
    """The secret that the setting `name` holds, or the file that ``{name}_file`` names.

    Raises:
        SettingsError: neither is there, or the file cannot be read.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{name}_file {file}: {error.strerror}", hint="Check the path and who may read it.") from error
        except UnicodeDecodeError:
            raise SettingsError(f"{name}_file {file} holds no text", hint="Put the secret and nothing else there.") from None
    if not value.get_secret_value():
        raise SettingsError(f"{name} is not set", hint=f"Set {name}_file in haikei.toml, or HAIKEI_{name.upper().replace('.', '__')}.")
    return value.get_secret_value()
