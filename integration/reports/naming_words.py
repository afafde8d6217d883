"""How reports write a person who can be named, and one who cannot."""

from integration.language import Words
from integration.ledger.people import Naming, PersonName
from integration.reports.sheet import UNKNOWN

DECLINED = Words(ja="氏名の掲載を希望しない", en="declined to be named")
ERASED = Words(ja="（氏名は消去済み）", en="(name erased)")


def said_name(person: PersonName) -> Words:
    """A person's name in both scripts, or what stands in its place."""
    match person.naming:
        case Naming.NAMED:
            return Words(ja=person.name, en=person.name_en or person.name)
        case Naming.DECLINED:
            return DECLINED
        case Naming.ERASED:
            return ERASED
    return UNKNOWN
