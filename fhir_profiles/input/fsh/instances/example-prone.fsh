Instance: example-prone
InstanceOf: HorehabProne
Title: "Ventilation in prone position"
Description: "A spell that is over."
Usage: #example
* status = #completed
* code = $SCT#870391004
* code.text = "Ventilation in prone position"
* subject = Reference(example-patient)
* performedPeriod.start = "2026-01-12T08:00:00+01:00"
* performedPeriod.end = "2026-01-15T17:00:00+01:00"
