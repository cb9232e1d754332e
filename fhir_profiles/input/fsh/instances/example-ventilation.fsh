Instance: example-ventilation
InstanceOf: HorehabVentilation
Title: "Mechanical ventilation"
Description: "A spell that is over."
Usage: #example
* status = #completed
* code = $SCT#1258985005
* code.text = "Mechanical ventilation"
* subject = Reference(example-patient)
* performedPeriod.start = "2026-01-10T08:00:00+01:00"
* performedPeriod.end = "2026-02-14T17:00:00+01:00"
