"""The pages over a real SQLite store, and somebody who looks at them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copy

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from horehab.clock import new_id
from horehab.usecases.ports import Ports
from horehab.web.language import speak
from horehab.web.options import Role, Viewer, WebOptions
from horehab.web.pages import make_blueprint
from tests.web.ward import ANA, BEN, STORE, close, filled_store, open_ward

PHYSIO = Viewer(name="ruiz", display="Ana Ruiz", role=Role.PHYSIOTHERAPIST, practitioner="Practitioner/ruiz")
PHYSICIAN = Viewer(name="sanz", display="Eva Sanz", role=Role.PHYSICIAN, practitioner="Practitioner/sanz")


@dataclass(slots=True, kw_only=True)
class Ward:
    """The pages of one ward, with whoever looks at them."""

    ports: Ports
    app: Flask
    viewer: Viewer | None = PHYSIO
    hidden: set[str] = field(default_factory=set)
    staff: dict[str, Viewer] = field(default_factory=lambda: {each.name: each for each in (PHYSIO, PHYSICIAN)})

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    @property
    def ana(self) -> str:
        return self.ports.logbook.key_of(ANA.reference)

    @property
    def ben(self) -> str:
        return self.ports.logbook.key_of(BEN.reference)

    def look(self, path: str) -> TestResponse:
        return self.client.get(f"/horehab{path}")

    def send(self, path: str, *, form: str = "", **values: str) -> TestResponse:
        """Open a form as a person does, fill it in, and send it with its token."""
        client = self.client
        page = client.get(f"/horehab{form or path}").text
        found = dict(re.findall(r'name="(csrf_token|token)"[^>]* value="([^"]*)"', page))
        return client.post(f"/horehab{path}", data={**found, **values})


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill one store for all tests; each test works on its own copy."""
    return filled_store(tmp_path_factory.mktemp("ward"))


@pytest.fixture
def ports(filled: Path, tmp_path: Path) -> Iterator[Ports]:
    copy(filled, tmp_path / STORE)
    ports = open_ward(tmp_path)
    yield ports
    close(ports)


@pytest.fixture
def ward(ports: Ports) -> Ward:
    return make_ward(ports)


def make_ward(ports: Ports) -> Ward:
    app = Flask("ward", static_folder=None)
    app.config.update(SECRET_KEY="only for tests", PROPAGATE_EXCEPTIONS=True)
    speak(app)
    here = Ward(ports=ports, app=app)
    options = WebOptions(
        new_id=new_id,
        current_user=lambda: here.viewer,
        viewer_named=here.staff.get,
        may_see=lambda _viewer, patient: patient not in here.hidden,
        ehr_address="https://ehr.example/fhir",
    )
    app.register_blueprint(make_blueprint(lambda: ports, options))
    return here


def as_role(viewer: Viewer, role: Role) -> Viewer:
    return replace(viewer, role=role)
