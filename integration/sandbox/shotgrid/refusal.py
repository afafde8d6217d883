"""What the pretend studio says no with: a Fault on the wire."""

from integration.errors import HaikeiError

AUTHENTICATION = 102
"""Error code of a wrong name, key or password."""
CRUD = 104
"""Error code of everything else."""


class RefusedError(HaikeiError):
    """A call that the studio answers with a Fault."""

    def __init__(self, message: str, *, code: int = CRUD) -> None:
        super().__init__(message)
        self.code = code
        """Error code on the wire; the client makes AuthenticationFault of 102 and Fault of the rest."""
