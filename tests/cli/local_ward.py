"""A hospital that codes motion in its own way: five patients under local codes, and what it never wanted read."""

from typing import Any

from tests.servers.sandbox import RunningSandbox

WARD = "urn:hospital:goniometry"
DEGREES = {"unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}


def angle(name: str, patient: str, degrees: float, local: str, text: str = "", **content: Any) -> dict[str, Any]:
    """An angle under a code of the hospital's own, `local`; `content` replaces parts."""
    coding = {"system": WARD, "code": local} | ({"display": text} if text else {})
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [coding]},
        "subject": {"reference": patient},
        "effectiveDateTime": "2026-01-05T10:00:00+01:00",
        "valueQuantity": {"value": degrees, **DEGREES},
    } | content


def fill(sandbox: RunningSandbox, *, patients: int = 5) -> None:
    """Let each patient have seven angles of the left knee under "KFPL", and an axis of the heart under "QRSAX"."""
    for number in range(patients):
        who = f"Patient/p{number}"
        sandbox.store.put({"resourceType": "Patient", "id": f"p{number}"})
        for visit in range(7):
            day = f"2026-01-{5 + visit:02d}T10:00:00+01:00"
            name = f"k-{number}-{visit}"
            sandbox.store.put(angle(name, who, 100 - visit, "KFPL", "Flex P G1", effectiveDateTime=day))
        sandbox.store.put(angle(f"qrs-{number}", who, 40, "QRSAX", "QRS axis"))
