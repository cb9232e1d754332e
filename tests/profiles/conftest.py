"""SUSHI, and the package as the FSH gives it now, compiled once for all tests that ask for it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.profiles.packaging import build
from tests.servers.sushi import Compiled, install


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A package that was built just now, and what SUSHI said."""

    folder: Path
    compiled: Compiled


@pytest.fixture(scope="session")
def sushi() -> None:
    """The compiler of FSH, ready to be called."""
    install()


@pytest.fixture(scope="session")
def fresh(sushi: None, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """The package that SUSHI makes of our FSH."""
    del sushi  # it must be there
    folder = tmp_path_factory.mktemp("package")
    return Fresh(folder=folder, compiled=build(folder))
