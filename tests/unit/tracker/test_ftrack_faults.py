"""What ftrack's client's errors mean, and that none of them tells a key."""

from json import JSONDecodeError

import pytest
import requests
from ftrack_api.exception import EventHubConnectionError, ServerError

from integration.errors import NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.tracker.ftrack.faults import meaning, scrubbed

KEY = "a-very-secret-key"


def meant(error: Exception, status: int = 0) -> TrackerError:
    return meaning(error, user="haikei", where="studio.example", secrets=(KEY,), status=status)


def reported(name: str, text: str = "x") -> ServerError:
    return ServerError(f"Server reported error: {name}({text})")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (requests.ConnectionError("reset"), 0),
        (requests.ConnectionError("reset"), 200),
        (requests.Timeout("slow"), 0),
        (JSONDecodeError("x", "<html>", 0), 502),
        (JSONDecodeError("x", "<html>", 0), 200),
        (ServerError("503 Server Error: busy"), 503),
        (ServerError("429 Client Error"), 429),
        (reported("InternalError"), 500),
        (reported("OperationalError", "Lock wait timeout exceeded; try again"), 400),
        (EventHubConnectionError("no line"), 0),
        (OSError("broken pipe"), 0),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception, status: int) -> None:
    assert type(meant(error, status)) is TransientTrackerError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (reported("InvalidCredentialsError", "The credentials provided are not valid."), 401),
        (reported("InvalidCredentialsError"), 200),
        (reported("PermissionDeniedError", "may not write"), 403),
        (reported("ValidationError", "name is required"), 400),
        (reported("ParseError", "near x"), 500),
        (reported("IntegrityError", "DuplicateEntryError"), 500),
        (ServerError("404 Client Error"), 404),
        (requests.exceptions.SSLError("certificate verify failed"), 0),
    ],
)
def test_what_will_not_heal_is_told_with_what_to_do(error: Exception, status: int) -> None:
    told = meant(error, status)

    assert not isinstance(told, TransientTrackerError)
    assert told.hint


def test_what_does_not_exist_is_not_found() -> None:
    assert isinstance(meant(reported("EntityNotFoundError", "Task 7 does not exist"), 404), NotFoundInTrackerError)


@pytest.mark.parametrize(
    "text",
    [
        f"https://studio/component/get?id=7&username=haikei&apiKey={KEY}",
        f"headers {{'ftrack-api-key': '{KEY}'}}",
        "https://s3.example/x?X-Amz-Signature=abcdef&X-Amz-Credential=hush",
    ],
)
def test_no_message_tells_a_secret(text: str) -> None:
    for told in (scrubbed(text, (KEY,)), str(meant(reported("ValidationError", text), 400)), str(meant(requests.ConnectionError(text)))):
        assert KEY not in told
        assert "abcdef" not in told and "hush" not in told


def test_a_long_answer_becomes_a_short_message() -> None:
    assert len(str(meant(reported("ValidationError", "x" * 100_000), 400))) < 1000
