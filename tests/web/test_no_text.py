"""A character that no text has, in an address or in a name to sign in with, is answered with a sentence."""

import re

import pytest

from horehab.app import create_app
from horehab.settings import Settings
from horehab.web.options import Role
from tests.web.conftest import PHYSIO, Ward, as_role
from tests.web.ward import close

PATHS = ("/?ward=%00", "/?therapist=a%00b", "/audit?who=%00", "/?%00=1", "/audit?patient=%00")


@pytest.mark.parametrize("path", PATHS)
def test_a_character_that_no_text_has_is_refused_in_an_address(ward: Ward, path: str) -> None:
    ward.viewer = as_role(PHYSIO, Role.INTEGRATOR)
    answer = ward.look(path)
    assert answer.status_code == 400
    assert "cannot be used" in answer.text


def test_such_an_address_answers_as_that_of_nobody(ward: Ward) -> None:
    odd, absent = (ward.look(f"/patients/{key}") for key in (f"{ward.ana}%00", "0" * len(ward.ana)))
    assert (odd.status_code, odd.data) == (absent.status_code, absent.data)


def test_postgresql_is_never_asked_for_a_name_that_it_cannot_hold(postgresql_url: str) -> None:
    app = create_app(Settings(database_url=postgresql_url))
    try:
        client = app.test_client()
        (seal,) = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[:1]
        answer = client.post("/sign-in", data={"csrf_token": seal, "name": "ruiz\0", "password": "x"})
        assert answer.status_code == 400
        assert "cannot be used" in answer.text
        assert client.get("/patients/%00").status_code == 404
    finally:
        close(app.extensions["horehab"].ports())
