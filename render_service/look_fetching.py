"""Fetches the folders a ready Look wants from a model hub, when the studio's settings allow it: weights as safetensors, no code."""

import re
from pathlib import Path

from integration.errors import RenderError, TransientRenderError

PATTERNS = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")
"""Files that are fetched; what may run code never is."""
_SKIPPED = ("*.onnx*", "*.fp16.*", "*.non_ema.*", "flax_model*", "*.msgpack")
_TIMEOUT_S = 30
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)


def fetch_weights(repository: str, revision: str, folder: Path) -> Path:
    """Fetch one repository of a hub at one revision into ``folder/<name>/<commit>``, and return that folder.

    What is there already is not fetched again. The hub's address is the one its client library reads, ``HF_ENDPOINT``.

    Args:
        repository: ``owner/name``.
        revision: a commit, or a branch whose newest commit is taken.
        folder: where models are kept.

    Raises:
        RenderError: the hub's client is not installed, or the hub has no such repository or revision for us.
        TransientRenderError: the hub does not answer.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise RenderError(f"{repository[:80]!r} cannot name a repository of a hub", hint="It is written owner/name.")
    try:
        from huggingface_hub import HfApi, snapshot_download
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise RenderError("the client of the model hub is not installed", hint="Run: pip install 'haikei[render]'") from error
    try:
        commit = str(HfApi().model_info(repository, revision=revision or None, timeout=_TIMEOUT_S).sha)
        if not _COMMIT.fullmatch(commit):
            raise RenderError(f"the hub names {commit[:80]!r} as the commit of {repository}", hint="Check the hub's address.")
        target = folder / repository.rpartition("/")[2] / commit
        snapshot_download(repository, revision=commit, local_dir=target, allow_patterns=list(PATTERNS), ignore_patterns=list(_SKIPPED))
    except HfHubHTTPError as error:
        raise RenderError(
            f"the hub does not give {repository} at {revision or 'its newest revision'}: {error.response.status_code}",
            hint="Check the name; accept its terms on the hub and sign in there where it is gated.",
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise TransientRenderError(
            f"{repository} could not be fetched: {said}", hint="Check the line and the disk, then run it again."
        ) from error
    return target
