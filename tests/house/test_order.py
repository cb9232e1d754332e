"""What takes longest is begun first, and by its right name."""

from tests.order import FIRST_ON_HAPI, LONGEST, ROOT, place_of, starts_hapi


def test_each_file_that_is_to_begin_is_there() -> None:
    assert [name for name in (*FIRST_ON_HAPI, *LONGEST) if not (ROOT / name).exists()] == []
    assert all(starts_hapi(name) for name in FIRST_ON_HAPI)


def test_what_waits_for_a_hapi_comes_before_the_longest_and_these_before_the_rest() -> None:
    named = (
        "tests/house/test_sizes.py::x",
        f"{LONGEST[0]}::x",
        "tests/fhir/test_delivery_hapi.py::x",
        FIRST_ON_HAPI[0],
    )
    assert sorted(named, key=place_of) == list(reversed(named))
