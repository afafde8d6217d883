"""What the server answers to a call it does not do."""


class RefusedError(Exception):
    """A call that is not done, with the name of the server's exception."""

    def __init__(self, exception: str, content: str, *, status: int = 400) -> None:
        super().__init__(content)
        self.exception = exception
        """``ParseError``, ``PermissionDeniedError``."""
        self.content = content
        """What went wrong, in words."""
        self.status = status
        """HTTP status for clients that ask for strict answers; others read 200."""

    def answer(self) -> dict[str, object]:
        """The body of the answer."""
        return {"exception": self.exception, "content": self.content, "error_code": None}
