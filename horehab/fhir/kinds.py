"""Which kinds of resource are read, which of them judging cannot do without, and which are written."""

ESSENTIAL = ("Patient", "Observation", "Procedure", "Condition")
"""Kinds without which there is nothing to judge."""

KINDS = (
    "Patient",
    "Encounter",
    "Procedure",
    "Observation",
    "Condition",
    "MedicationRequest",
    "MedicationAdministration",
    "MedicationStatement",
    "DiagnosticReport",
    "Appointment",
    "ServiceRequest",
    "Task",
    "Provenance",
)
"""What is read, in this order."""

PLACES = ("Location",)
"""What is looked up besides: which wards are intensive care."""

WRITTEN = ("Condition", "Provenance", "Observation", "Procedure", "Task")
"""What we write, where we may."""

MESSAGES = ("CommunicationRequest", "Communication")
"""What we write besides, where the chart is told of messages to patients."""
