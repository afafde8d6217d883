"""The doctor says whether people can sign in, and which secrets lie open."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from integration.cli.doctor_sign_in import examine_sign_in
from integration.tracker.protocol import Finding, Verdict
from integration.web_settings import OidcSettings, RoleSettings, WebSettings
from tests.unit.web.rogue_provider import rogue_provider

WEB: dict[str, Any] = {"port": 8610, "menu_secret": SecretStr("sixteen characters at least")}
ROLES = RoleSettings(coordinator=("sakura@example.com",))


def found(**web: Any) -> list[Finding]:
    return list(examine_sign_in(WebSettings(**{**WEB, **web})))


def test_without_pages_there_is_nothing_to_say() -> None:
    assert list(examine_sign_in(WebSettings())) == []


def test_a_trial_needs_no_provider_and_other_pages_do() -> None:
    (trial,), (public,) = found(), found(public_url="https://haikei.studio.example")

    assert (trial.verdict, public.verdict) == (Verdict.OK, Verdict.WARNING)
    assert "haikei sign-in" in trial.detail and "[web.oidc]" in public.remedy


def test_a_provider_that_answers_is_told_with_the_address_it_must_know() -> None:
    with rogue_provider() as provider:
        (finding,) = found(oidc=OidcSettings(issuer=provider.issuer, client_id="haikei"), roles=ROLES)

    assert finding.verdict is Verdict.OK
    assert "http://127.0.0.1:8610/sign-in/callback" in finding.detail


def test_a_provider_that_does_not_answer_and_roles_of_nobody_are_told() -> None:
    way_in, nobody = found(oidc=OidcSettings(issuer="http://127.0.0.1:9", client_id="haikei"))

    assert (way_in.verdict, nobody.verdict) == (Verdict.FAILED, Verdict.WARNING)
    assert "does not answer" in way_in.detail and "[web.roles]" in nobody.remedy


def test_signing_in_without_encryption_is_a_failure() -> None:
    oidc = OidcSettings(issuer="https://login.studio.example", client_id="haikei")

    (finding,) = found(oidc=oidc, roles=ROLES, public_url="http://haikei.studio.example")

    assert finding.verdict is Verdict.FAILED and "https" in finding.remedy and "without encryption" in finding.detail


@pytest.mark.parametrize(("mode", "is_told"), [(0o600, False), (0o640, False), (0o644, True), (0o660, True)])
def test_a_secret_that_everybody_may_read_is_told(tmp_path: Path, mode: int, is_told: bool) -> None:
    file = tmp_path / "secret"
    file.write_text("hush hush hush hush")
    file.chmod(mode)

    findings = found(menu_secret_file=file)

    assert [finding.verdict for finding in findings[1:]] == [Verdict.WARNING] * is_told
    assert not is_told or f"chmod 600 {file}" == findings[1].remedy
