"""`python -m integration.sandbox --port N --seed FILE --folder DIR`."""

import argparse
from pathlib import Path

from integration.sandbox.server import serve


def main() -> None:
    """Serve the pretend studio until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m integration.sandbox", description="Serve the pretend studio on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--seed", type=Path, help="JSON file of entities an empty studio begins with")
    parser.add_argument("--folder", type=Path, required=True, help="where the studio is kept")
    parser.add_argument("--transcode-s", type=float, default=0.3, help="seconds a new thumbnail stays transient")
    given = parser.parse_args()
    serve(given.seed, port=given.port, folder=given.folder, transcode_s=given.transcode_s)


if __name__ == "__main__":
    main()
