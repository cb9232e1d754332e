Instance: example-ecmo
InstanceOf: HorehabEcmo
Title: "Veno-venous ECMO"
Description: "A spell that is over."
Usage: #example
* status = #completed
* code = $SCT#786453001
* code.text = "Veno-venous ECMO"
* subject = Reference(example-patient)
* performedPeriod.start = "2026-01-13T08:00:00+01:00"
* performedPeriod.end = "2026-01-25T17:00:00+01:00"
