"""What `haikei doctor` says of the pages: off, or with an address, a secret and a way in."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from integration.errors import SettingsError
from integration.tracker.protocol import Finding, Verdict
from integration.web_settings import WebSettings


def examine_pages(web: WebSettings, *, by_menu: bool = True) -> Iterator[Finding]:
    """Whether port, public address and menu secret are set together, and what they leave open.

    Args:
        web: what is set.
        by_menu: whether the tracker's menu calls the pages; else they only show the record to whoever follows its links.
    """
    if not web.port:
        set_alone = [name for name, is_set in (("public_url", web.public_url), ("menu_secret", web.has_secret())) if is_set]
        if set_alone:
            yield _finding(Verdict.FAILED, f"off, though web.{' and web.'.join(set_alone)} is set", "Set web.port, or take the others out.")
        else:
            otherwise = "its status or field" if by_menu else "its status or field, or in the tracker's menu"
            yield _finding(Verdict.OK, f"off: what became of a draft is said by {otherwise}")
        return
    try:
        web.secret()
    except SettingsError as error:
        yield _finding(Verdict.FAILED, str(error), error.hint)
        return
    if not web.public_url:
        missing = "menu item" if by_menu else "link in the tracker"
        yield _finding(
            Verdict.FAILED, f"web.public_url is not set, so no {missing} can lead here", "Set what people's browsers call the pages by."
        )
        return
    yield _finding(Verdict.OK, f"served on {web.host} port {web.port}, called {web.public_url}")
    public = urlsplit(web.public_url)
    if public.scheme != "https" and public.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield _finding(Verdict.WARNING, "people call them without encryption", "Let the studio's HTTPS server stand before them.")
    if not web.is_local:
        yield _finding(
            Verdict.WARNING, f"{web.host} is open to other machines, unencrypted", "Serve on 127.0.0.1 behind the studio's HTTPS server."
        )


def _finding(verdict: Verdict, detail: str, remedy: str = "") -> Finding:
    return Finding(subject="pages", verdict=verdict, detail=detail, remedy=remedy)
