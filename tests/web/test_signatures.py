"""What somebody logs bears their reference in the EHR, or, where the EHR does not know them, their name alone."""

from dataclasses import replace

import pytest

from horehab.domain.entries import MeasurementEntry, SessionEntry
from horehab.errors import ConfigurationError
from horehab.fhir.writing.writing import resource_of
from horehab.web.options import Role, Viewer
from tests.fhir.charts import SITE
from tests.web.conftest import PHYSIO, Ward
from tests.web.test_log_session import USUAL


@pytest.mark.parametrize("reference", ["7", "", "Patient/7", "https://ehr.example/fhir/Practitioner/7", "ruiz"])
def test_a_host_that_gives_something_else_than_a_reference_is_told_so(reference: str) -> None:
    with pytest.raises(ConfigurationError, match="no reference to a person") as refused:
        Viewer(name="ruiz", display="Ana Ruiz", role=Role.PHYSIOTHERAPIST, practitioner=reference)
    assert "Practitioner/<id>" in refused.value.remedy


@pytest.mark.parametrize(
    ("practitioner", "performer"),
    [("Practitioner/ruiz", {"reference": "Practitioner/ruiz"}), (None, {"display": "Ana Ruiz"})],
)
def test_who_is_not_known_to_the_ehr_signs_by_name_alone(
    ward: Ward, practitioner: str | None, performer: dict[str, str]
) -> None:
    ward.viewer = replace(PHYSIO, practitioner=practitioner)
    assert ward.send(f"/patients/{ward.ana}/log", **USUAL).status_code == 303
    written = [row.entry for row in ward.ports.logbook.outbox(patient="Patient/ana")]
    sessions = [resource_of(e, SITE) for e in written if isinstance(e, SessionEntry)]
    measured = [resource_of(e, SITE) for e in written if isinstance(e, MeasurementEntry)]
    assert [session["performer"] for session in sessions] == [[{"actor": performer}]]
    assert [one["performer"] for one in measured] == [[performer]] * len(measured)
    assert measured
