"""While a request is painted: how far it is, is told; and it is stopped when nobody wants it any more."""

import base64
import io
import time

import structlog
from dbos import DBOS, DBOSClient
from dbos import error as dbos_error
from PIL import Image

from render_service.batcher import Ticket
from render_service.contract import PROGRESS_EVENT, RenderProgress
from render_service.control import Colour

log = structlog.get_logger(__name__)

_CANCEL_CHECK_S = 0.5
_TELL_EVERY_S = 1.0
_SKETCH_EVERY_S = 2.0
_QUALITY = 70


class Watch:
    """Of one request at one worker; called while its step waits for a picture."""

    def __init__(self, client: DBOSClient, *, workflow_id: str, slot: str, pictures: int) -> None:
        """Nothing is told yet.

        Args:
            client: of the queue's database.
            workflow_id: the request's.
            slot: this worker's name.
            pictures: how many were asked for.
        """
        self._client = client
        self._workflow_id = workflow_id
        self._slot = slot
        self._pictures = pictures
        self._checked = self._told = self._sketched = time.monotonic()
        self._preview = ""
        self.done = 0
        """Pictures stored so far."""

    def __call__(self, ticket: Ticket) -> None:
        """Look up.

        Args:
            ticket: of the picture that is waited for.

        Raises:
            DBOSWorkflowCancelledError: the request was cancelled, or another worker has taken it over. This error alone is not
                written down as the step's outcome: if the request is resumed, it begins again.
        """
        now = time.monotonic()
        if now - self._checked >= _CANCEL_CHECK_S:
            self._checked = now
            self._require_wanted()
        if now - self._told >= _TELL_EVERY_S and ticket.step:
            self._told = now
            self._tell(ticket, now)

    def _require_wanted(self) -> None:
        found = self._client.list_workflows(workflow_ids=[self._workflow_id], load_input=False, load_output=False)
        if not found or found[0].status != "PENDING" or found[0].executor_id != self._slot:
            log.info("request given up", workflow_id=self._workflow_id, status=found[0].status if found else "gone")
            raise dbos_error.DBOSWorkflowCancelledError(f"{self._workflow_id} is not this worker's any more")

    def _tell(self, ticket: Ticket, now: float) -> None:
        if ticket.sketch is not None and now - self._sketched >= _SKETCH_EVERY_S:
            self._sketched = now
            self._preview = _preview_of(ticket.sketch)
        progress = RenderProgress(
            pictures_done=self.done, pictures=self._pictures, step=ticket.step, steps=ticket.count, preview=self._preview
        )
        DBOS.set_event(PROGRESS_EVENT, progress.as_json())


def _preview_of(sketch: Colour) -> str:
    """A JPEG in base64: it goes with the request, so nobody need delete it."""
    jpeg = io.BytesIO()
    Image.fromarray(sketch).save(jpeg, format="JPEG", quality=_QUALITY)
    return base64.b64encode(jpeg.getvalue()).decode()
