"""Who may do what, as one table; and nothing in it opens another person's record."""

import pytest

from integration.reports.offered import OFFERED
from integration.web.rights import MAY, REPORT_ACTS, Act, WebRole, may

C, A, D, M, X = WebRole.COORDINATOR, WebRole.ARTIST, WebRole.ART_DIRECTOR, WebRole.MANAGEMENT, WebRole.AUDITOR
WHO_MAY = {
    Act.BOARD: {C, A, D, M, X},
    Act.FILTER_BY_PERSON: {C, D},
    Act.SHOT: {C, A, D, M, X},
    Act.OWN_RECORD: {C, A, D, M},
    Act.CREDITS: {C, A, D, M, X},
    Act.LABOUR: {M, X},
    Act.DISCLOSURE: {C, D, M, X},
    Act.OPERATIONS: {C, M},
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", WebRole)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: WebRole, act: Act) -> None:
    assert may([role], act) == (role in WHO_MAY[act])


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(may([], act) for act in Act)


def test_every_report_has_its_act() -> None:
    assert set(OFFERED) <= set(REPORT_ACTS)
    assert set(MAY) == set(Act)
