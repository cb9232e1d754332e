"""What a server's starter raises when that server cannot run on this machine."""


class CannotBeHad(Exception):
    """A real server or program that a test runs against cannot be had here; the words say why and what to do."""
