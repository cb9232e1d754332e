"""The package as the FSH gives it now, compiled once for all tests of this folder."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.profiles.packaging import build
from tests.servers.sushi import Compiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A package that was built just now, and what SUSHI said."""

    folder: Path
    compiled: Compiled


@pytest.fixture(scope="session")
def sushi(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """SUSHI, and the package that it makes of our FSH."""
    folder = tmp_path_factory.mktemp("package")
    return Fresh(folder=folder, compiled=build(folder))
