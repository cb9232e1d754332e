"""Files of the copy that lie elsewhere: our token stays at home, and patient data travel by https alone."""

import pytest

from horehab.errors import NotAFhirServer
from horehab.fhir.bulk.fetching import opened
from horehab.sandbox.exporting import FILES
from horehab.usecases.chart_copy import CopyFile
from tests.fhir.loading import TOKEN, Desk, held
from tests.fhir.ward import client_at
from tests.servers import export_faults as wrong
from tests.servers.faults import answers
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox


@pytest.mark.parametrize("needs_token", [True, False])
def test_files_at_another_origin_are_fetched_without_our_token_or_not_at_all(
    at: Desk, server: RunningSandbox, by_sync: dict[str, object], *, needs_token: bool
) -> None:
    desk, proxy = at
    with faulty_proxy(server.url) as elsewhere:
        proxy.set(wrong.files_at(elsewhere.url.removesuffix("/fhir"), needs_token=needs_token))
        if needs_token:
            with pytest.raises(NotAFhirServer, match="wants our token there") as refused:
                desk.load()
            assert refused.value.code == "HR-1343"
            assert elsewhere.requests() == []
            return
        assert desk.load().problems == ()
        assert held(desk.ports) == by_sync
        assert elsewhere.requests("GET", FILES)
        assert TOKEN not in str(elsewhere.requests())


def test_our_token_does_not_follow_a_redirect_to_another_origin_nor_back(
    at: Desk, server: RunningSandbox, by_sync: dict[str, object]
) -> None:
    desk, proxy = at
    with faulty_proxy(server.url) as elsewhere:
        proxy.set(wrong.files_sent_on(elsewhere.url.removesuffix("/fhir")))
        assert desk.load().problems == ()
        assert held(desk.ports) == by_sync
        assert elsewhere.requests("GET", FILES)
        assert TOKEN not in str(elsewhere.requests())
        assert TOKEN in str(proxy.requests("GET", FILES))


def test_a_file_that_is_sent_on_for_ever_stops_the_load(at: Desk) -> None:
    desk, proxy = at
    proxy.set(wrong.files_sent_on(""))
    with pytest.raises(NotAFhirServer, match="from address to address"):
        desk.load()


@pytest.mark.parametrize("place", ["http://files.example", "ftp://files.example", "https://files.example:port"])
def test_a_file_where_patient_data_must_not_travel_is_not_fetched(at: Desk, place: str) -> None:
    desk, proxy = at
    proxy.set(wrong.files_at(place, needs_token=False))
    with pytest.raises(NotAFhirServer, match="only https") as refused:
        desk.load()
    assert refused.value.code == "HR-1343"


def test_a_server_elsewhere_cannot_send_us_to_our_own_machine() -> None:
    """An address on loopback is believed of a server on loopback alone."""
    file = CopyFile(address="https://127.0.0.1/secret", kind="Patient", needs_token=False)
    with (
        client_at("https://ehr.example/fhir") as client,
        pytest.raises(NotAFhirServer, match="this very machine"),
        opened(client, file),
    ):
        raise AssertionError("it is never opened")


def test_a_link_that_expired_elsewhere_is_ordered_again(
    at: Desk, server: RunningSandbox, by_sync: dict[str, object]
) -> None:
    desk, proxy = at
    with faulty_proxy(server.url) as elsewhere:
        proxy.set(wrong.files_at(elsewhere.url.removesuffix("/fhir"), needs_token=False))
        elsewhere.set(answers(403).only("GET", times=1))
        assert desk.load().problems == ()
        assert held(desk.ports) == by_sync
        assert len(proxy.requests("GET", "$export?")) == 2
