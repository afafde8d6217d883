"""Where reports are found."""

from starlette.routing import Route

from integration.web.behind import opened, sent
from integration.web.pages import Pages
from integration.web.report.page import ReportPages
from integration.web.visit import Gate


def report_routes(reports: ReportPages, pages: Pages, gate: Gate) -> list[Route]:
    """``/reports``, and each report under a name of its own."""
    return [
        Route("/reports", opened(gate, pages, reports.choose), methods=["GET"]),
        Route("/reports", sent(gate, pages, reports.ask), methods=["POST"]),
        Route("/reports/{name}", opened(gate, pages, reports.read), methods=["GET"]),
        Route("/reports/{name}", sent(gate, pages, reports.take), methods=["POST"]),
    ]
