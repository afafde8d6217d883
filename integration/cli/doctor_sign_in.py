"""What `haikei doctor` says of signing in: who lets people in, over which address, and whether secrets are kept."""

import stat
from collections.abc import Iterator
from pathlib import Path

from integration.errors import HaikeiError
from integration.tracker.protocol import Finding, Verdict
from integration.web.oidc_provider import discovered
from integration.web.sign_in import CALLBACK
from integration.web_settings import WebSettings

_TOO_OPEN = stat.S_IRWXO | stat.S_IWGRP


def examine_sign_in(web: WebSettings) -> Iterator[Finding]:
    """Whether people can sign in to the pages as they are set, and what that leaves open; nothing where there are no pages."""
    if not web.port:
        return
    yield _way_in(web)
    if web.oidc.issuer and not any((web.roles.coordinator, web.roles.management)):
        yield _finding(
            Verdict.WARNING,
            "nobody is named coordinator or management, so nobody opens operations",
            "Name groups or people under [web.roles].",
        )
    for name, file in (("menu_secret_file", web.menu_secret_file), ("oidc.client_secret_file", web.oidc.client_secret_file)):
        if file is not None and (mode := _mode(file)) & _TOO_OPEN:
            yield _finding(Verdict.WARNING, f"web.{name} may be read by everybody on this machine ({mode:04o})", f"chmod 600 {file}")


def _way_in(web: WebSettings) -> Finding:
    if not web.oidc.issuer and web.is_trial:
        return _finding(Verdict.OK, "a trial on this machine: by links that `haikei sign-in` prints")
    if not web.oidc.issuer:
        return _finding(
            Verdict.WARNING, "nobody signs in but auditors, by their links", "Set [web.oidc] to the studio's identity provider."
        )
    try:
        web.require_safe_sign_in()
        web.oidc.secret()
        discovered(web.oidc.issuer)
    except HaikeiError as error:
        return _finding(Verdict.FAILED, str(error), error.hint)
    address = web.public_url or f"http://{web.host}:{web.port}"
    return _finding(Verdict.OK, f"the provider at {web.oidc.issuer} answers; it must know {address}{CALLBACK}")


def _mode(file: Path) -> int:
    """The file's permissions; 0 where it cannot be looked at, which is told elsewhere."""
    try:
        return stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return 0


def _finding(verdict: Verdict, detail: str, remedy: str = "") -> Finding:
    return Finding(subject="sign-in", verdict=verdict, detail=detail, remedy=remedy)
