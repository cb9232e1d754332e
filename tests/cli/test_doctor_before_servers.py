"""What doctor says of the server it finds: a good one, none, a web page, one that refuses, one of R5, a real one."""

from dataclasses import replace

from horehab.fhir.basis.kinds import KINDS
from tests.cli.conftest import Desk, answering
from tests.cli.doctor_pages import lines_of
from tests.servers.faults import Fault, Forward, Reply, Seen
from tests.servers.proxying import faulty_proxy


def test_the_page_of_a_good_server(ward: Desk) -> None:
    text = ward.run("doctor").stdout
    said = lines_of(text)
    headings = [line for line in text.splitlines() if line and line[0] != " "]
    assert headings[1:-1] == ["FHIR server", "Signing in", "Reading", "Writing", "Our memory", "This machine"]
    assert said["ok server"].startswith("Horehab sandbox")
    assert said["ok FHIR version"] == "4.0.1 (R4): read and written."
    assert said["ok signing in"] == "Without signing in; patients may be read."
    assert said["ok search Observation"] == "By _lastUpdated, in order; 100 a page."
    assert "read again before they are believed" in said["ok deletions"]
    assert said["ok suspicions"] == "Written as Conditions, because the server lists create and update for them."
    assert "portal may show" in said["i portals"]
    assert not any(head.startswith("!") for head in said)


def test_a_dead_port_is_one_clear_finding(desk: Desk) -> None:
    result = desk.run("doctor", fhir_url="http://127.0.0.1:9/fhir")
    assert result.exit_code == 3
    said = lines_of(result.stdout)
    ill = [head for head in said if head.startswith("!")]
    assert ill == ["! server"]
    assert "Nobody listens at 127.0.0.1:9." in said["! server"]
    assert "check HOREHAB_FHIR_URL" in said["! server"]
    assert "1 of 7 findings are not well (marked with !)." in result.stdout


def test_a_web_page_is_no_server(desk: Desk) -> None:
    with answering(200, "<html><h1>Sign in</h1></html>", {"Content-Type": "text/html"}) as url:
        result = desk.run("doctor", fhir_url=url)
    assert result.exit_code == 3
    assert "answered a web page" in lines_of(result.stdout)["! server"]
    assert "base of a FHIR R4 server" in lines_of(result.stdout)["! server"]


def test_a_server_that_does_not_know_us_says_what_to_set(ward: Desk) -> None:
    refused = Fault(strike=lambda *_: Reply(status=401))
    with faulty_proxy(ward.settings["HOREHAB_FHIR_URL"]) as proxy:
        proxy.set(*(refused.only(path=f"/{kind}") for kind in KINDS))
        result = ward.run("doctor", fhir_url=proxy.url)
    assert result.exit_code == 3
    said = lines_of(result.stdout)
    assert "Without signing in: The FHIR server does not know us (401)." in said["! signing in"]
    assert "HOREHAB_BEARER_TOKEN" in said["! signing in"]
    assert "Not tried" in said["! search"]
    assert "ok suspicions" in said
    assert {seen.method for seen in proxy.seen} == {"GET"}


def test_a_server_of_r5_is_read_and_never_written(ward: Desk) -> None:
    def newer(seen: Seen, forward: Forward, _: object) -> Reply:
        reply = forward(seen)
        return replace(reply, body=reply.body.replace(b'"4.0.1"', b'"5.0.0"'))

    with faulty_proxy(ward.settings["HOREHAB_FHIR_URL"]) as proxy:
        proxy.set(Fault(strike=newer).only(path="/metadata"))
        result = ward.run("doctor", fhir_url=proxy.url)
        assert result.exit_code == 3
        said = lines_of(result.stdout)
        assert said["ok FHIR version"].startswith("5.0.0 (R5): read; nothing is written there, because")
        assert "speaks FHIR R5 and what we write is R4" in said["! suspicions"]
        assert "HOREHAB_WRITE=off" in said["! suspicions"]
        only_read = ward.run("doctor", fhir_url=proxy.url, write="off")
        assert only_read.exit_code == 0
        assert "speaks FHIR R5" in lines_of(only_read.stdout)["i suspicions"]
        reviewed = ward.run("review", fhir_url=proxy.url)
        assert "refused by the server" in reviewed.stdout
        assert "R5" in ward.run("outbox", fhir_url=proxy.url).stdout
        assert {seen.method for seen in proxy.seen} == {"GET"}


def test_the_page_of_a_real_hapi(desk: Desk, hapi_url: str) -> None:
    result = desk.run("doctor", fhir_url=hapi_url)
    assert result.exit_code == 0, result.output
    said = lines_of(result.stdout)
    assert said["ok server"].startswith("HAPI FHIR Server 8.8.0 answers at http://127.0.0.1:")
    assert "it does not say (updateCreate)" in said["ok ids"]
    assert said["ok suspicions"].startswith("Written as Conditions, because the server lists")
    assert said["ok first load"].startswith("Whole copies are offered ($export)")
    assert said["ok hints"].startswith("Subscriptions are offered")
    assert "https://github.com/hapifhir/hapi-fhir/issues/3141" in said["i known of it"]
