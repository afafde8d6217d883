r"""ShotGrid's ActionMenuItem: the form its page posts through a person's browser, and the signature on it.

With a secret token the site adds ``timestamp`` (``%Y-%m-%dT%H:%M:%SZ``) and ``signature``, the hexadecimal HMAC-SHA1 with the token
over all other fields as sorted lines ``name=value\r\n`` (developers.shotgridsoftware.com, "Action Menu Items").
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from integration.production import PersonId, TaskId, VersionId
from integration.tracker.menu import Fault, MenuCall, MenuError

_MOST_FIELDS = 200
_MOST_SELECTED = 20
_NAME = re.compile(r"[A-Za-z0-9_.]{1,100}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


class ShotGridMenu:
    """The menu of one site, satisfying `Menu`."""

    name = "shotgrid"

    def __init__(self, *, secret: str, site: str, age: timedelta, skew: timedelta) -> None:
        """Prepare.

        Args:
            secret: the menu item's secret token.
            site: the site's host, as `Tracker.site`.
            age: how old a call may be.
            skew: how far the site's clock may be before ours.
        """
        self._secret = secret.encode()
        self._site = site
        self._age = age
        self._skew = skew

    def read(self, body: bytes, *, now: datetime) -> MenuCall:
        """See `Menu.read`."""
        fields = _fields(body)
        signature = fields.pop("signature", "")
        if not hmac.compare_digest(signed(fields, self._secret).encode(), signature.casefold().encode()):
            raise MenuError(Fault.UNSIGNED, "a menu form is not signed with our secret")
        at = self._moment(fields.get("timestamp", ""), now)
        if not self._is_ours(fields.get("server_hostname", "")):
            raise MenuError(Fault.ELSEWHERE, "a menu form comes from another site")
        if not _NUMBER.fullmatch(person := fields.get("user_id", "")):
            raise MenuError(Fault.UNREADABLE, "a menu form names no person")
        kind, selected = fields.get("entity_type", ""), _selected(fields)
        if kind not in ("Version", "Task"):
            raise MenuError(Fault.OTHER_KIND, "a menu form is about neither Versions nor Tasks")
        return MenuCall(
            person=PersonId(f"HumanUser:{person}"),
            versions=tuple(map(VersionId, selected)) if kind == "Version" else (),
            tasks=tuple(map(TaskId, selected)) if kind == "Task" else (),
            at=at,
        )

    def _moment(self, text: str, now: datetime) -> datetime:
        """When the form was signed; neither too long ago nor to come."""
        try:
            at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise MenuError(Fault.UNREADABLE, "a menu form does not say when it was signed") from None
        if now - at > self._age:
            raise MenuError(Fault.OLD, "a menu form was signed too long ago")
        if at - now > self._skew:
            raise MenuError(Fault.EARLY, "a menu form was signed in the future; the clocks are apart")
        return at

    def _is_ours(self, hostname: str) -> bool:
        """Whether the form's site is ours: its name within the vendor's domains, which changed over the years, or a bare host."""
        return hostname.casefold().partition(":")[0].partition(".")[0] == self._site.partition(":")[0].partition(".")[0]


def signed(fields: dict[str, str], secret: bytes) -> str:
    """The signature of `fields`, all but the signature itself: 40 lower-case hexadecimal digits."""
    lines = "".join(sorted(f"{name}={value}\r\n" for name, value in fields.items()))
    return hmac.new(secret, lines.encode(), hashlib.sha1).hexdigest()


def _fields(body: bytes) -> dict[str, str]:
    """The form's fields. No line breaks and no name twice: else two forms could have one signature.

    Raises:
        MenuError: it is no such form.
    """
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise MenuError(Fault.UNREADABLE, "what the menu sent is no form") from None
    fields = dict(pairs)
    clean = all(_NAME.fullmatch(name) and not {"\r", "\n"} & {*value} for name, value in pairs)
    if not clean or len(fields) != len(pairs):
        raise MenuError(Fault.UNREADABLE, "a menu form has fields twice, or with line breaks")
    return fields


def _selected(fields: dict[str, str]) -> list[str]:
    """Ids of what was selected; on an entity's own page, of that entity."""
    chosen = fields.get("selected_ids", "").split(",") if fields.get("selected_ids") else []
    page = fields.get("ids", "").split(",")
    ids = list(dict.fromkeys(chosen or (page if len(page) == 1 else [])))
    if not [one for one in ids if one]:
        raise MenuError(Fault.NOTHING, "nothing was selected")
    if not all(map(_NUMBER.fullmatch, ids)):
        raise MenuError(Fault.UNREADABLE, "a menu form names things that have no number")
    if len(ids) > _MOST_SELECTED:
        raise MenuError(Fault.TOO_MUCH, f"{len(ids)} things were selected, at most {_MOST_SELECTED} are shown")
    return ids
