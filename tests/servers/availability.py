"""What a test says when a real server or program cannot be had on this machine."""


class CannotBeHad(Exception):
    """A real server or program cannot be had here; says which and why, in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
