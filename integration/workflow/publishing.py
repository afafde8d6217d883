"""Signs the record as it grows, and sends its checkpoints out on a schedule."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
import structlog

from integration.errors import HaikeiError
from integration.ledger import heads, keys, log, publication
from integration.ledger.note import Signer
from integration.record_settings import RecordSettings
from integration.settings import Settings
from integration.studio import Studio
from integration.workflow.destinations import Send, destinations

logger = structlog.get_logger(__name__)

_LOOK_S = 5.0
_AFTER_FAILURE_S = 60.0


def publish_due(studio: Studio, not_before: float = 0.0, *, now: datetime | None = None) -> float:
    """Sign and send what is due, unless the clock (`time.monotonic`) is short of `not_before`; returns the next `not_before`.

    Whatever does not answer is asked again later, and said in the log; the integration goes on. The first call makes the record's
    key when it never had one.
    """
    if time.monotonic() < not_before:
        return not_before
    moment = now or datetime.now(UTC)
    record = studio.settings.record
    try:
        signer = _signer(studio, record)
        if signer is not None:
            _sign_due(studio.engine, signer, record, moment)
            send_owed(studio.engine, signer, record, destinations(record), moment)
    except HaikeiError as error:
        logger.warning("record not signed", error=str(error), hint=error.hint)
        return time.monotonic() + _AFTER_FAILURE_S
    return time.monotonic() + min(_LOOK_S, record.sign_every_s)


def send_owed(engine: sa.Engine, signer: Signer, record: RecordSettings, places: Mapping[str, Send], now: datetime) -> None:
    """Queue a checkpoint when the time has come, and send every one that is owed to `places`.

    Raises:
        LedgerError: the record no longer fits what was signed.
    """
    with engine.begin() as connection:
        publication.queue(connection, signer, list(places), now, every_s=record.publish_every_s)
    with engine.connect() as connection:
        waiting = publication.owed(connection, list(places), now)
    for owed in waiting:
        try:
            receipt = places[owed.target](owed.head)
        except HaikeiError as error:
            with engine.begin() as connection:
                publication.failed(connection, owed, error.in_words(), now)
            logger.warning("checkpoint not sent", target=owed.target, size=owed.head.size, error=str(error), hint=error.hint)
            continue
        with engine.begin() as connection:
            publication.sent(connection, owed, now, receipt)
        logger.info("checkpoint sent", target=owed.target, size=owed.head.size)


def keys_folder(settings: Settings) -> Path:
    """Where the record's secret key lies."""
    return (settings.record.keys_folder or settings.state_folder / "keys").absolute()


def _signer(studio: Studio, record: RecordSettings) -> Signer | None:
    """The record's signer; None while there is nothing to sign."""
    folder = keys_folder(studio.settings)
    with studio.engine.connect() as connection:
        if log.size(connection) == 0:
            return None
        if keys.current(connection) is not None:
            return keys.open_signer(connection, folder)
    with studio.engine.begin() as connection:
        signer = keys.create(connection, folder, record.name or f"{studio.tracker.site}/haikei")
    logger.info("record key made", vkey=signer.verifier.vkey, folder=str(folder))
    return signer


def _sign_due(engine: sa.Engine, signer: Signer, record: RecordSettings, now: datetime) -> None:
    with engine.connect() as connection:
        last, made = heads.newest(connection), heads.made_at(connection)
        fresh = made is not None and (now - made).total_seconds() < record.sign_every_s
        if fresh or (last is not None and last.size == log.size(connection)):
            return
    with engine.begin() as connection:
        heads.sign_head(connection, signer, now)
