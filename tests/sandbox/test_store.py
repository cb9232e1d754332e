"""What is put into the sandbox is found, kept as written, and survives a restart."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.errors import ConfigurationError, InputError
from horehab.sandbox import SandboxStore, create_sandbox, load, serve
from horehab.sandbox.instants import span
from horehab.sandbox.refusals import Refusal
from tests.contracts.asking import Asker, patient, reading
from tests.servers.sandbox import RunningSandbox, start_sandbox

NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).map(lambda name: f"x{name}")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
ONE = '{"resourceType": "Patient", "id": "p1"}'
LEAVES = st.one_of(TEXTS, DECIMALS, st.integers(-(2**53), 2**53), st.booleans())
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=12
)


@pytest.fixture
def store() -> Iterator[SandboxStore]:
    with closing(SandboxStore()) as made:
        yield made


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with start_sandbox() as made:
        yield made


def _as_written(tree: Any) -> Any:
    """Bring decimals into their written form, so that 1.10 and 1.1 differ."""
    if isinstance(tree, dict):
        return {name: _as_written(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_as_written(value) for value in tree]
    return f"decimal {tree}" if isinstance(tree, Decimal) else tree


@settings(deadline=None)
@given(extra=st.dictionaries(NAMES, TREES, max_size=5))
def test_a_resource_is_kept_verbatim_with_decimals_text_and_unknown_fields(extra: dict[str, Any]) -> None:
    with closing(SandboxStore()) as store:
        store.put({**reading("Patient/p1", id="o1"), "extension": [extra], **extra})
        kept = store.read("Observation/o1")
    assert kept is not None
    del kept["meta"]
    assert _as_written(kept) == _as_written({**reading("Patient/p1", id="o1"), "extension": [extra], **extra})


@settings(deadline=None, max_examples=40)
@given(text=TEXTS, value=DECIMALS)
def test_what_is_sent_is_read_back_verbatim(running: RunningSandbox, text: str, value: Decimal) -> None:
    asker = Asker(base=running.url)
    with asker.session:
        running.store.put(patient("p1"))
        body = reading(
            "Patient/p1", note=[{"text": f"x{text}"}], extension=[{"url": "urn:x", "valueString": f"y{text}"}]
        )
        written = json.dumps(body)[:-1] + f', "valueQuantity": {{"value": {value}}}}}'
        made = asker.ask("POST", "/Observation", written).json()
        kept = asker.ask("GET", f"/Observation/{made['id']}")
    found = json.loads(kept.text, parse_float=str)
    assert found["valueQuantity"]["value"] == str(value)
    assert (found["note"], found["extension"]) == (body["note"], body["extension"])


def test_a_reading_bears_the_moment_that_it_was_given(store: SandboxStore) -> None:
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert store.put(patient("p1"), at=at)["meta"] == {
        "versionId": "1",
        "lastUpdated": "2026-03-29T01:30:00.000+00:00",
    }
    earlier = store.put(patient("p2"), at=at - timedelta(minutes=2))
    assert earlier["meta"]["lastUpdated"] == "2026-03-29T01:28:00.000+00:00"


def test_writes_without_a_moment_are_later_than_all_before(running: RunningSandbox) -> None:
    times = [running.store.put(patient(f"q{number}"))["meta"]["lastUpdated"] for number in range(20)]
    assert times == sorted(set(times))


def test_a_resource_without_id_gets_a_new_one(store: SandboxStore) -> None:
    made = {store.put({"resourceType": "Patient"})["id"] for _ in range(50)}
    assert len(made) == 50


def test_versions_are_told_oldest_first_and_a_deleted_resource_is_gone(store: SandboxStore) -> None:
    store.put(patient("p1"))
    store.put(patient("p1", gender="male"))
    store.remove("Patient/p1")
    assert [version["gender"] for version in store.versions("Patient/p1")] == ["unknown", "male"]
    assert store.read("Patient/p1") is None
    with pytest.raises(KeyError):
        store.remove("Patient/p1")


def test_a_search_without_http_finds_the_same(store: SandboxStore) -> None:
    store.put(patient("p1"))
    store.put(reading("Patient/p1", id="o1"))
    found = store.search("Observation", {"patient": "Patient/p1", "date": "ge2026-03-04"})
    assert [one["id"] for one in found] == ["o1"]
    with pytest.raises(InputError, match="Unknown search parameter 'foo'"):
        store.search("Observation", {"foo": "bar"})


def test_an_unknown_type_is_refused_in_one_sentence(store: SandboxStore) -> None:
    with pytest.raises(InputError, match="does not know the resource type 'Nonsense'"):
        store.put({"resourceType": "Nonsense"})


def test_everything_is_still_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.sqlite3"
    with closing(SandboxStore(file)) as first:
        first.put(patient("p1"))
        first.put(patient("p1", gender="male"))
    with closing(SandboxStore(file)) as second:
        assert [version["gender"] for version in second.versions("Patient/p1")] == ["unknown", "male"]
        assert len(second.search("Patient")) == 1
        later = second.put({"resourceType": "Patient"})["meta"]["lastUpdated"]
        assert later > second.versions("Patient/p1")[-1]["meta"]["lastUpdated"]


def test_eight_writers_at_once_lose_nothing_and_double_nothing(running: RunningSandbox) -> None:
    asker = Asker(base=running.url)

    def write() -> None:
        own = Asker(base=running.url)
        with own.session:
            for _ in range(10):
                own.ask("POST", "/Patient", {"resourceType": "Patient", "gender": "other"})
                own.ask("PUT", "/Patient/same", patient("same"))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with asker.session:
        assert asker.total("/Patient?gender=other") == 80
    assert len(running.store.versions("Patient/same")) == 1


@pytest.mark.parametrize("shape", ["bundle", "single", "ndjson"])
def test_files_are_loaded_with_their_decimals(store: SandboxStore, tmp_path: Path, shape: str) -> None:
    one = '{"resourceType": "Observation", "id": "o1", "status": "final", "valueQuantity": {"value": 85.10}}'
    two = '{"resourceType": "Patient", "id": "p1"}'
    texts = {
        "bundle": f'{{"resourceType": "Bundle", "entry": [{{"resource": {one}}}, {{"resource": {two}}}]}}',
        "single": one,
        "ndjson": f"{one}\n\n{two}\n",
    }
    file = tmp_path / f"data.{shape}"
    file.write_text(texts[shape], encoding="utf-8")
    assert load(store, file) == (1 if shape == "single" else 2)
    kept = store.read("Observation/o1")
    assert kept is not None
    assert str(kept["valueQuantity"]["value"]) == "85.10"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("<html>", "is no JSON"),
        ("[1, 2]", "holds no FHIR resource"),
        (ONE + '\n{"resourceType": "Pat', "is no JSON in line 2"),
        ('{"resourceType": ["Patient"], "id": "p1"}', "holds no FHIR resource"),
        ('{"resourceType": "Bundle", "entry": [{"resource": ' + ONE + "}, {}]}", r"entry\[1\]"),
        ('{"resourceType": "Bundle", "entry": {}}', "entry is no list"),
        (ONE + '\n{"resourceType": "Bundle", "entry": [null]}', r"line 2 Bundle.entry\[0\]"),
        (
            ONE + '\n{"resourceType": "Nonsense", "id": "n"}',
            "in line 2: .*does not know the resource type 'Nonsense'",
        ),
        ('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": ["x"], "id": "n"}}]}', r"entry\[0\]"),
        (ONE + '\n{"resourceType": "Patient"}', "in line 2 a 'Patient' with no id"),
        (ONE + '\n{"resourceType": "Patient", "id": "a/b c"}', "the id 'a/b c'"),
        (ONE + '\n{"resourceType": "Patient", "id": 7}', "the id 7"),
        (ONE + '\n{"resourceType": "Patient", "id": "p2", "meta": "x"}', "in line 2 a meta"),
    ],
)
def test_a_bad_file_is_refused_as_a_whole_in_one_sentence(
    store: SandboxStore, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "data.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load(store, file)
    assert store.search("Patient") == ()


def test_a_file_that_is_not_there_is_said_so(store: SandboxStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load(store, tmp_path / "none.json")


def test_a_port_in_use_is_said_in_one_sentence(running: RunningSandbox, store: SandboxStore) -> None:
    port = int(running.url.split(":")[2].partition("/")[0])
    with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}"):
        serve(create_sandbox(store), port=port)


def test_a_page_expires_when_two_hundred_later_searches_were_made(running: RunningSandbox) -> None:
    asker = Asker(base=running.url)
    with asker.session:
        for number in range(3):
            running.store.put(patient(f"page{number}"))
        links = [asker.ask("GET", "/Patient?_count=1").json()["link"][1]["url"] for _ in range(202)]
        assert [asker.ask("GET", link).status_code for link in (links[0], links[-1])] == [410, 200]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("2026", 8760), ("2024-02", 696), ("2026-12", 744), ("2026-03-04", 24), ("2026-03-04T10:00Z", 1 / 60)],
)
def test_a_date_is_the_whole_span_that_it_names(text: str, hours: float) -> None:
    first, last = span(text)
    assert last - first + 1 == round(hours * 3_600_000)


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "26", "2026-03-04T25:00:00Z", "x", ""])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="Invalid date/time"):
        span(text)
