"""The two languages people read, and things said in both."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """What somebody reads."""

    JA = "ja"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One thing said twice."""

    ja: str
    en: str

    @property
    def both(self) -> str:
        """Both, where there is one line for them."""
        return f"{self.ja} / {self.en}"

    def of(self, language: Language) -> str:
        """What is said in `language`."""
        return self.ja if language is Language.JA else self.en
