Instance: example-exertion
InstanceOf: HorehabExertion
Title: "Exertion in a session"
Description: "Rated 4 of 10."
Usage: #example
* identifier.system = "https://hospital.example/ratings"
* identifier.value = "1"
* partOf = Reference(Procedure/example-session)
* status = #final
* category[exam] = $ObservationCategory#exam
* code.coding[rating] = $LOINC#82289-0
* code.text = "Perceived exertion"
* subject = Reference(example-patient)
* effectiveDateTime = "2026-03-20T10:30:00+01:00"
* performer.display = "Anna"
* valueQuantity = 4 '{score}' "{score}"
