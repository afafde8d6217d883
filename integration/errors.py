"""Every error haikei raises on purpose, in families.

Rules: names end in ``Error``; each carries ``hint``, one sentence a coordinator can follow; a ``Transient…`` error may go away by
itself and is the only kind that is retried.
"""


class HaikeiError(Exception):
    """Something haikei could not do: what failed, on what, and what to do about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        """One sentence that says what to do, empty when nothing helps."""

    def in_words(self) -> str:
        """What failed and what to do, as sentences for a Note or a table."""
        message = str(self)
        return " ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in (message, self.hint) if part)


class SettingsError(HaikeiError):
    """A setting is missing, unknown or contradicts another."""


class NotInstalledError(SettingsError):
    """Settings ask for a part of haikei that comes with an extra, and the extra is not there."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"haikei's {extra} part is not installed", hint=f"pip install 'haikei[{extra}]'")


class TrackerError(HaikeiError):
    """The tracker refused or could not do what was asked."""


class TransientTrackerError(TrackerError):
    """The tracker did not answer, or asked to be left alone for a while."""


class NotFoundInTrackerError(TrackerError):
    """An entity that is named does not exist, was retired, or may not be seen by our key."""


class StorageError(HaikeiError):
    """Media could not be stored, found or read back unchanged."""


class TransientStorageError(StorageError):
    """The store did not answer, or asked to be left alone for a while."""


class ArtworkError(HaikeiError):
    """A picture cannot honestly be used; the message is the reason the coordinator sees."""


class RenderError(HaikeiError):
    """A draft could not be rendered, or a Look may not be used."""


class TransientRenderError(RenderError):
    """The renderer failed in a way that a fresh worker may not."""


class LedgerError(HaikeiError):
    """The record refuses an entry, or does not hold together."""


class DatabaseError(HaikeiError):
    """haikei's own database cannot be opened, or is damaged."""


class HookError(HaikeiError):
    """A hook file cannot be loaded."""
