"""How old a patient is: in whole years, and unknown where the chart does not give the day of birth."""

from datetime import date

import pytest

from horehab.domain.record import Patient


@pytest.mark.parametrize(
    ("born", "age"),
    [("1962-03-04", 64), ("1962-03-05", 63), ("1962-03", None), ("1962", None), ("not said", None), (None, None)],
)
def test_a_year_of_life_is_full_on_the_birthday_and_a_birth_date_in_part_tells_no_age(
    born: str | None, age: int | None
) -> None:
    assert Patient(reference="Patient/1", birth_date=born).age_on(date(2026, 3, 4)) == age
