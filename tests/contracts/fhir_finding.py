"""What we rely on when we search, page and read histories."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from horehab.clock import new_id
from tests.contracts.asking import (
    IDENTIFIERS,
    KNEE_FLEXION,
    LOINC,
    Asker,
    Behaviour,
    collect,
    identified,
    patient,
    reading,
    suspicion,
)

FINDING: list[Behaviour] = []
behaviour = collect(FINDING)


def _totals(asker: Asker, path: str, *queries: str) -> list[object]:
    return [asker.total(f"{path}&{query}") for query in queries]


def _two_readings(asker: Asker) -> tuple[str, str, str]:
    subject = asker.patient()
    first = asker.made(reading(subject))
    second = asker.made(reading(subject, status="amended", effectiveDateTime="2026-03-05"))
    return subject, first, second


def _link(body: dict[str, Any], relation: str) -> str | None:
    return next((link["url"] for link in body["link"] if link["relation"] == relation), None)


def _pages(asker: Asker, path: str) -> list[dict[str, Any]]:
    pages, url = [], f"{asker.base}{path}"
    while url:
        pages.append(asker.ask("GET", url).json())
        url = _link(pages[-1], "next") or ""
    return pages


@behaviour([2, 2, 2, 0])
def readings_are_found_by_their_patient(asker: Asker) -> object:
    subject, *_ = _two_readings(asker)
    identity = subject.removeprefix("Patient/")
    queries = f"patient={identity}", f"patient={subject}", f"subject={subject}", f"patient=p-{new_id()}"
    return [asker.total(f"/Observation?{query}") for query in queries]


@behaviour([2, 2, 0, 2, 2, 0])
def readings_are_found_by_code(asker: Asker) -> object:
    path = f"/Observation?patient={_two_readings(asker)[0]}"
    exact, bare, unknown = f"code={LOINC}|{KNEE_FLEXION}", f"code={KNEE_FLEXION}", "code=unknown"
    return _totals(asker, path, exact, bare, unknown, f"code=unknown,{KNEE_FLEXION}", f"code={LOINC}|", "code=urn:x|")


@behaviour([1, 2, 1])
def readings_are_found_by_status(asker: Asker) -> object:
    path = f"/Observation?patient={_two_readings(asker)[0]}"
    return _totals(asker, path, "status=final", "status=final,amended", "status=amended")


@behaviour([1, 2, 1, 1, 2, 0, 2])
def readings_are_found_by_day(asker: Asker) -> object:
    path = f"/Observation?patient={_two_readings(asker)[0]}"
    days = ("2026-03-04", "ge2026-03-04", "gt2026-03-04", "lt2026-03-05", "le2026-03-05", "lt2026-03-04", "2026")
    return _totals(asker, path, *(f"date={day}" for day in days))


@behaviour([2, 1])
def readings_are_found_by_instant(asker: Asker) -> object:
    path = f"/Observation?patient={_two_readings(asker)[0]}"
    return _totals(asker, path, "date=ge2026-03-04T10:00:00Z", "date=gt2026-03-04T10:00:00Z")


@behaviour([2])
def readings_are_found_from_a_month_on(asker: Asker) -> object:
    return _totals(asker, f"/Observation?patient={_two_readings(asker)[0]}", "date=ge2026-03")


@behaviour([2, 0, 0, 2])
def readings_are_found_by_their_last_change(asker: Asker) -> object:
    path = f"/Observation?patient={_two_readings(asker)[0]}"
    ends = ("ge2000-01-01", "lt2000-01-01", "gt2090-01-01T00:00:00Z", "le2090-01-01T00:00:00Z")
    return _totals(asker, path, *(f"_lastUpdated={end}" for end in ends))


@behaviour([True, True, True])
def the_last_change_can_be_asked_for_to_the_millisecond(asker: Asker) -> object:
    subject, first, _ = _two_readings(asker)
    moment = asker.ask("GET", f"/{first}").json()["meta"]["lastUpdated"].replace("+", "%2B")
    at, after, before = _totals(
        asker,
        f"/Observation?patient={subject}&_id={first[12:]}",
        *(f"_lastUpdated={p}{moment}" for p in ("ge", "gt", "le")),
    )
    return [at == 1, after == 0, before == 1]


@behaviour([1, 1, 2])
def readings_are_found_by_id(asker: Asker) -> object:
    _, first, second = _two_readings(asker)
    one, two = first.partition("/")[2], second.partition("/")[2]
    return [asker.total(f"/Observation?_id={ids}") for ids in (one, f"{one},no-such-id", f"{one},{two}")]


@behaviour([1, 1, 0])
def a_patient_is_found_by_identifier(asker: Asker) -> object:
    mine, search = identified()
    asker.made(mine)
    value = search.partition("|")[2]
    queries = (search, f"identifier={value}", f"identifier=urn:other|{value}")
    return [asker.total(f"/Patient?{query}") for query in queries]


@behaviour([1, 0, 1, 1])
def a_suspicion_is_found_by_its_state_and_evidence(asker: Asker) -> object:
    subject, first, _ = _two_readings(asker)
    asker.made(suspicion(subject, evidence=[{"detail": [{"reference": first}]}]))
    queries = ("verification-status=unconfirmed", "verification-status=refuted", "clinical-status=active")
    return [
        *_totals(asker, f"/Condition?patient={subject}", *queries),
        asker.total(f"/Condition?evidence-detail={first}"),
    ]


@behaviour([0, 1])
def what_is_deleted_is_not_found(asker: Asker) -> object:
    subject, first, _ = _two_readings(asker)
    asker.ask("DELETE", f"/{first}")
    return [
        asker.total(f"/Observation?_id={first.partition('/')[2]}"),
        asker.total(f"/Observation?patient={subject}"),
    ]


@behaviour(["refused with 400"] * 4)
def a_search_that_cannot_be_understood_is_refused(asker: Asker) -> object:
    queries = ("date=xx", "date=ge2026-13-01", "_count=x", "_sort=nonsense")
    return [asker.total(f"/Observation?{query}") for query in queries]


@behaviour(400)
def a_strict_search_refuses_an_unknown_parameter(asker: Asker) -> object:
    return asker.ask("GET", "/Observation?foo=bar", Prefer="handling=strict").status_code


@behaviour("left out")
def a_lenient_search_leaves_an_unknown_parameter_out_and_says_so(asker: Asker) -> object:
    answer = asker.ask("GET", f"/Observation?patient={asker.patient()}&foo=bar", Prefer="handling=lenient")
    if not answer.ok:
        return f"refused with {answer.status_code}"
    return "used" if "foo" in (_link(answer.json(), "self") or "") else "left out"


@behaviour({"patient", "_lastUpdated", "_sort", "_count"})
def the_self_link_names_the_parameters_that_were_used(asker: Asker) -> object:
    path = f"/Observation?patient={asker.patient()}&_lastUpdated=ge2026-01-01&_sort=_lastUpdated&_count=10"
    link = _link(asker.ask("GET", path).json(), "self") or ""
    return set(parse_qs(urlsplit(link).query))


@behaviour((2, None))
def a_search_can_ask_for_the_number_alone(asker: Asker) -> object:
    subject, *_ = _two_readings(asker)
    body = asker.ask("GET", f"/Observation?patient={subject}&_summary=count").json()
    return body["total"], body.get("entry")


@behaviour(([2, 2, 1], 5, True))
def pages_follow_each_other_without_gap_or_double(asker: Asker) -> object:
    subject = asker.patient()
    made = [asker.made(reading(subject)) for _ in range(5)]
    pages = _pages(asker, f"/Observation?patient={subject}&_count=2&_sort=_lastUpdated")
    found = [f"Observation/{entry['resource']['id']}" for page in pages for entry in page["entry"]]
    return [len(page["entry"]) for page in pages], pages[0]["total"], found == made


@behaviour(True)
def pages_stay_on_the_server_of_the_search(asker: Asker) -> object:
    subject, *_ = _two_readings(asker)
    following = _link(asker.ask("GET", f"/Observation?patient={subject}&_count=1").json(), "next") or ""
    return following.startswith(asker.base)


@behaviour((410, "OperationOutcome"))
def a_page_that_is_not_known_is_gone(asker: Asker) -> object:
    answer = asker.ask("GET", f"{asker.base}?_getpages={new_id()}&_getpagesoffset=2&_count=2")
    return answer.status_code, answer.json()["resourceType"]


@behaviour({"match"})
def hits_are_marked_as_matches(asker: Asker) -> object:
    subject, *_ = _two_readings(asker)
    entries = asker.ask("GET", f"/Observation?patient={subject}").json()["entry"]
    return {entry["search"]["mode"] for entry in entries}


@behaviour(2)
def a_search_can_be_posted(asker: Asker) -> object:
    subject, *_ = _two_readings(asker)
    form = "application/x-www-form-urlencoded"
    return asker.ask("POST", "/Observation/_search", f"patient={subject}", Content_Type=form).json()["total"]


@behaviour([("DELETE", "none"), ("PUT", "male"), ("PUT", "unknown")])
def a_history_tells_every_version_and_the_deletion(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    where = f"/Patient/{mine['id']}"
    asker.ask("PUT", where, mine)
    asker.ask("PUT", where, {**mine, "gender": "male"})
    asker.ask("DELETE", where)
    entries = asker.ask("GET", f"{where}/_history").json()["entry"]
    return [(entry["request"]["method"], entry.get("resource", {}).get("gender", "none")) for entry in entries]


@behaviour((3, [1, 1, 1]))
def a_history_comes_in_pages(asker: Asker) -> object:
    mine = patient(f"p-{new_id()}")
    for gender in ("unknown", "male", "female"):
        asker.ask("PUT", f"/Patient/{mine['id']}", {**mine, "gender": gender})
    pages = _pages(asker, f"/Patient/{mine['id']}/_history?_count=1")
    return pages[0]["total"], [len(page["entry"]) for page in pages]


@behaviour((["Patient"], True))
def a_history_of_a_type_can_begin_at_a_moment(asker: Asker) -> object:
    mine = asker.patient()
    since = asker.ask("GET", f"/{mine}").json()["meta"]["lastUpdated"].replace("+", "%2B")
    other = asker.patient(identifier=[{"system": IDENTIFIERS, "value": new_id()}])
    asker.ask("DELETE", f"/{other}")
    body = asker.ask("GET", f"/Patient/_history?_since={since}").json()
    kinds = {entry["fullUrl"].split("/")[-2] for entry in body["entry"]}
    has_deletion = any(e["request"]["method"] == "DELETE" and other in e["fullUrl"] for e in body["entry"])
    return sorted(kinds), has_deletion


@behaviour(True)
def a_read_after_a_write_sees_it(asker: Asker) -> object:
    subject = asker.patient()
    before = asker.total(f"/Observation?patient={subject}")
    asker.made(reading(subject))
    return (
        before,
        asker.ask("GET", f"/Observation?patient={subject}", Cache_Control="no-cache").json()["total"],
    ) == (0, 1)


@behaviour(True)
def the_last_change_never_goes_back(asker: Asker) -> object:
    times = [asker.ask("GET", f"/{asker.patient()}").json()["meta"]["lastUpdated"] for _ in range(5)]
    return times == sorted(times) and len(set(times)) == len(times)
