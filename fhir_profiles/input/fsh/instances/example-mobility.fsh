Instance: example-mobility
InstanceOf: HorehabMobility
Title: "Mobility in a session"
Description: "Level 7 of the ICU Mobility Scale."
Usage: #example
* identifier.system = "https://hospital.example/ratings"
* identifier.value = "2"
* partOf = Reference(Procedure/example-session)
* status = #final
* category[exam] = $ObservationCategory#exam
* code.coding[scale] = $Scale#icu-mobility-scale
* code.text = "ICU Mobility Scale"
* subject = Reference(example-patient)
* effectiveDateTime = "2026-03-20T10:30:00+01:00"
* performer.display = "Anna"
* valueInteger = 7
