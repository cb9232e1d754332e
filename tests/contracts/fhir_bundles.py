"""What we rely on when several resources are written at once."""

from horehab.clock import new_id
from tests.contracts.asking import Asker, Behaviour, bundle, collect, entry, identified, patient, reading

BUNDLES: list[Behaviour] = []
behaviour = collect(BUNDLES)


def _statuses(asker: Asker, sent: object) -> object:
    answer = asker.ask("POST", "", sent)
    if not answer.ok:
        return f"refused with {answer.status_code}"
    return [one["response"]["status"][:3] for one in answer.json()["entry"]]


@behaviour((["201", "201"], True))
def a_transaction_resolves_its_own_references(asker: Asker) -> object:
    new = f"urn:uuid:{new_id()}"
    sent = bundle(
        entry("POST", "Observation", reading(new), full_url=f"urn:uuid:{new_id()}"),
        entry("POST", "Patient", {"resourceType": "Patient", "active": True}, full_url=new),
    )
    said = asker.ask("POST", "", sent).json()["entry"]
    places = [one["response"]["location"].partition("/_history")[0] for one in said]
    subject = asker.ask("GET", f"/{places[0]}").json()["subject"]["reference"]
    return [one["response"]["status"][:3] for one in said], subject == places[1]


@behaviour((True, 404))
def a_transaction_with_one_bad_entry_leaves_nothing_behind(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    sent = bundle(
        entry("PUT", f"Patient/{mine['id']}", mine, full_url=f"{asker.base}/Patient/{mine['id']}"),
        entry("POST", "Observation", reading(f"Patient/p-{new_id()}"), full_url=f"urn:uuid:{new_id()}"),
    )
    return asker.ask("POST", "", sent).status_code in (400, 422), asker.ask(
        "GET", f"/Patient/{mine['id']}"
    ).status_code


@behaviour("refused with 412")
def a_transaction_keeps_to_if_match(asker: Asker) -> object:
    mine = asker.patient()
    changed = patient(mine.removeprefix("Patient/"), gender="male")
    return _statuses(asker, bundle(entry("PUT", mine, changed, ifMatch='W/"9"')))


@behaviour((["201"], ["200"], 1))
def a_transaction_creates_once_by_search(asker: Asker) -> object:
    mine, search = identified()

    def sent() -> object:
        return bundle(entry("POST", "Patient", mine, full_url=f"urn:uuid:{new_id()}", ifNoneExist=search))

    return _statuses(asker, sent()), _statuses(asker, sent()), asker.total(f"/Patient?{search}")


@behaviour((["204"], 410))
def a_transaction_deletes(asker: Asker) -> object:
    mine = asker.patient()
    return _statuses(asker, bundle(entry("DELETE", mine))), asker.ask("GET", f"/{mine}").status_code


@behaviour(["200", "200"])
def a_transaction_reads(asker: Asker) -> object:
    mine = asker.patient()
    return _statuses(asker, bundle(entry("GET", mine), entry("GET", f"Observation?patient={mine}")))


@behaviour(["201", "404", "200"])
def a_batch_goes_on_after_a_bad_entry(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    sent = (
        entry("PUT", f"Patient/{mine['id']}", mine),
        entry("GET", f"Patient/p-{new_id()}"),
        entry("GET", asker.patient()),
    )
    return _statuses(asker, bundle(*sent, kind="batch"))


@behaviour("refused with 400")
def what_is_no_bundle_cannot_be_carried_out(asker: Asker) -> object:
    return _statuses(asker, patient(f"p-{new_id()}"))
