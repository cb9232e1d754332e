"""What we rely on when we write one resource."""

from typing import Any

from horehab.clock import new_id
from tests.contracts.asking import Asker, Behaviour, collect, identified, patient, reading, suspicion

WRITING: list[Behaviour] = []
behaviour = collect(WRITING)
PATCH = "application/json-patch+json"


def _put(asker: Asker, resource: dict[str, Any], **headers: str) -> Any:
    return asker.ask("PUT", f"/{resource['resourceType']}/{resource['id']}", resource, **headers)


def _versions(asker: Asker) -> dict[str, Any]:
    """Make a patient of two versions."""
    mine = patient(f"p-{new_id()}")
    _put(asker, mine)
    assert _put(asker, {**mine, "gender": "male"}).headers["ETag"] == 'W/"2"'
    return mine


@behaviour((201, "1", True, True))
def a_create_answers_with_version_and_location(asker: Asker) -> object:
    subject = asker.patient()
    answer = asker.ask("POST", "/Observation", reading(subject))
    made = answer.json()
    where = f"{asker.base}/Observation/{made['id']}/_history/1"
    return (
        answer.status_code,
        made["meta"]["versionId"],
        answer.headers["Location"] == where,
        "ETag" in answer.headers,
    )


@behaviour(True)
def a_create_chooses_its_own_id(asker: Asker) -> object:
    wish = f"o-{new_id()}"
    return asker.ask("POST", "/Observation", reading(asker.patient(), id=wish)).json()["id"] != wish


@behaviour((201, b""))
def a_create_can_be_answered_without_body(asker: Asker) -> object:
    answer = asker.ask("POST", "/Observation", reading(asker.patient()), Prefer="return=minimal")
    return answer.status_code, answer.content


@behaviour((201, 'W/"1"', True))
def a_put_creates_under_our_own_id(asker: Asker) -> object:
    answer = _put(asker, patient(f"p-{new_id()}"))
    return answer.status_code, answer.headers["ETag"], "Last-Modified" in answer.headers


@behaviour((200, 'W/"2"'))
def a_put_of_something_else_makes_a_version(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    _put(asker, mine)
    answer = _put(asker, {**mine, "gender": "male"})
    return answer.status_code, answer.headers["ETag"]


@behaviour((200, 'W/"1"'))
def a_put_of_the_same_makes_no_version(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    _put(asker, mine)
    answer = _put(asker, mine)
    return answer.status_code, answer.headers["ETag"]


@behaviour(400)
def a_purely_numeric_id_of_our_own_is_refused(asker: Asker) -> object:
    return _put(asker, patient(f"9{new_id().translate(str.maketrans('abcdef-', '1234567'))[:12]}")).status_code


@behaviour([400, 400])
def the_id_in_the_body_must_be_that_of_the_address(asker: Asker) -> object:
    where = f"/Patient/p-{new_id()}"
    bodies = (patient(f"p-{new_id()}"), {"resourceType": "Patient"})
    return [asker.ask("PUT", where, body).status_code for body in bodies]


@behaviour(400)
def a_resource_of_another_type_is_refused(asker: Asker) -> object:
    return asker.ask("POST", "/Observation", {"resourceType": "Patient"}).status_code


@behaviour(412)
def an_update_of_an_old_version_is_refused(asker: Asker) -> object:
    return _put(asker, {**_versions(asker), "gender": "female"}, If_Match='W/"1"').status_code


@behaviour((200, 'W/"3"'))
def an_update_of_the_newest_version_is_done(asker: Asker) -> object:
    answer = _put(asker, {**_versions(asker), "gender": "female"}, If_Match='W/"2"')
    return answer.status_code, answer.headers["ETag"]


@behaviour(["412", "male"])
def if_none_match_protects_what_is_there(asker: Asker) -> object:
    mine = _versions(asker)
    answer = _put(asker, {**mine, "gender": "other"}, If_None_Match="*")
    return [str(answer.status_code), asker.ask("GET", f"/Patient/{mine['id']}").json()["gender"]]


@behaviour((201, 200, True, 1))
def if_none_exist_creates_once(asker: Asker) -> object:
    mine, search = identified()
    first = asker.ask("POST", "/Patient", mine, If_None_Exist=search)
    again = asker.ask("POST", "/Patient", mine, If_None_Exist=f"Patient?{search}")
    is_same = first.json()["id"] == again.json()["id"]
    return first.status_code, again.status_code, is_same, asker.total(f"/Patient?{search}")


@behaviour(412)
def if_none_exist_is_refused_when_it_finds_two(asker: Asker) -> object:
    mine, search = identified()
    asker.made(mine)
    asker.made(mine)
    return asker.ask("POST", "/Patient", mine, If_None_Exist=search).status_code


@behaviour([201, 200, 412])
def an_update_by_search_creates_then_updates_and_refuses_two(asker: Asker) -> object:
    mine, search = identified()
    created = asker.ask("PUT", f"/Patient?{search}", mine).status_code
    updated = asker.ask("PUT", f"/Patient?{search}", {**mine, "gender": "male"}).status_code
    asker.made(mine)
    return [created, updated, asker.ask("PUT", f"/Patient?{search}", mine).status_code]


@behaviour((200, "male", "2"))
def a_patch_changes_one_field(asker: Asker) -> object:
    mine = asker.patient(active=True)
    operations = [{"op": "replace", "path": "/gender", "value": "male"}]
    answer = asker.ask("PATCH", f"/{mine}", operations, Content_Type=PATCH)
    return answer.status_code, answer.json()["gender"], answer.json()["meta"]["versionId"]


@behaviour([400, 400])
def a_patch_that_does_not_fit_is_refused(asker: Asker) -> object:
    mine = asker.patient()
    wrong = {"op": "replace", "path": "/contact/2", "value": "x"}, {"op": "test", "path": "/gender", "value": "x"}
    return [asker.ask("PATCH", f"/{mine}", [one], Content_Type=PATCH).status_code for one in wrong]


@behaviour([412, 404])
def a_patch_of_an_old_version_or_of_nothing_is_refused(asker: Asker) -> object:
    operations = [{"op": "replace", "path": "/gender", "value": "female"}]
    old = asker.ask("PATCH", f"/Patient/{_versions(asker)['id']}", operations, Content_Type=PATCH, If_Match='W/"1"')
    none = asker.ask("PATCH", f"/Patient/p-{new_id()}", operations, Content_Type=PATCH)
    return [old.status_code, none.status_code]


@behaviour((200, 410, 410, 200, 201, 200))
def what_is_deleted_is_gone_and_can_come_back(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    where = f"/Patient/{mine['id']}"
    _put(asker, mine)
    answers = [asker.ask("DELETE", where), asker.ask("GET", where), asker.ask("GET", f"{where}/_history/2")]
    answers += [asker.ask("GET", f"{where}/_history/1"), _put(asker, mine), asker.ask("GET", where)]
    return tuple(answer.status_code for answer in answers)


@behaviour('W/"3"')
def what_comes_back_is_the_next_version(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    _put(asker, mine)
    asker.ask("DELETE", f"/Patient/{mine['id']}")
    return _put(asker, mine).headers["ETag"]


@behaviour([200, 200])
def deleting_twice_or_nothing_is_no_error(asker: Asker) -> object:
    mine = asker.patient()
    asker.ask("DELETE", f"/{mine}")
    return [asker.ask("DELETE", f"/{mine}").status_code, asker.ask("DELETE", f"/Patient/p-{new_id()}").status_code]


@behaviour(412)
def a_delete_of_an_old_version_is_refused(asker: Asker) -> object:
    return asker.ask("DELETE", f"/Patient/{_versions(asker)['id']}", If_Match='W/"1"').status_code


@behaviour(409)
def what_others_refer_to_cannot_be_deleted(asker: Asker) -> object:
    subject = asker.patient()
    asker.made(reading(subject))
    return asker.ask("DELETE", f"/{subject}").status_code


@behaviour([400, 400, 400])
def a_reference_to_nothing_is_refused(asker: Asker) -> object:
    subject, nowhere = asker.patient(), f"Observation/o-{new_id()}"
    gone = asker.made(reading(subject))
    asker.ask("DELETE", f"/{gone}")
    bodies = (
        reading(f"Patient/p-{new_id()}"),
        suspicion(subject, evidence=[{"detail": [{"reference": nowhere}]}]),
        suspicion(subject, evidence=[{"detail": [{"reference": gone}]}]),
    )
    return [asker.ask("POST", f"/{body['resourceType']}", body).status_code for body in bodies]


@behaviour([400, 400])
def a_reference_to_another_server_or_a_loose_urn_is_refused(asker: Asker) -> object:
    others = ("https://other.example/fhir/Patient/1", f"urn:uuid:{new_id()}")
    return [asker.ask("POST", "/Observation", reading(other)).status_code for other in others]


@behaviour([201, 201])
def a_contained_or_a_logical_reference_is_kept(asker: Asker) -> object:
    by = [{"resourceType": "Practitioner", "id": "c1", "name": [{"family": "Example"}]}]
    contained = reading(asker.patient(), contained=by, performer=[{"reference": "#c1"}])
    logical = {**reading(asker.patient()), "subject": {"identifier": {"system": "urn:x", "value": "1"}}}
    return [asker.ask("POST", "/Observation", body).status_code for body in (contained, logical)]


@behaviour([{"a", "b"}, {"HTEST"}])
def tags_and_security_labels_stay_when_an_update_leaves_them_out(asker: Asker) -> object:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
    mine = patient(f"p-{new_id()}")
    _put(asker, {**mine, "meta": {"security": [label], "tag": [{"system": "urn:x", "code": "a"}]}})
    meta = _put(asker, {**mine, "meta": {"tag": [{"system": "urn:x", "code": "b"}]}, "active": True}).json()["meta"]
    return [{one["code"] for one in meta["tag"]}, {one["code"] for one in meta["security"]}]


@behaviour(("2", False))
def version_and_time_of_the_sender_are_not_believed(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    _put(asker, mine)
    false = {"versionId": "55", "lastUpdated": "2001-01-01T00:00:00Z"}
    meta = _put(asker, {**mine, "meta": false, "active": True}).json()["meta"]
    return meta["versionId"], meta["lastUpdated"].startswith("2001")
