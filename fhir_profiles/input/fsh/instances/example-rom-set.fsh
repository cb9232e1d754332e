Instance: example-rom-set
InstanceOf: HorehabRomSet
Title: "The passive motions of a left hip at one visit"
Description: "Two motions as components; the side is in the body site of the whole."
Usage: #example
* status = #final
* category[exam] = $ObservationCategory#exam
* code = $SCT#364564000
* code.text = "passive range of motion, left hip"
* subject = Reference(example-patient)
* effectiveDateTime = "2026-03-20T10:00:00+01:00"
* performer.display = "Anna"
* bodySite = $SCT#287679003
* bodySite.text = "left hip"
* component[0].extension[mode].valueCode = #passive
* component[0].code.coding[0] = $JointMotion#hip-flexion
* component[0].valueQuantity = 85 'deg' "deg"
* component[1].extension[mode].valueCode = #passive
* component[1].code.coding[0] = $JointMotion#hip-internal-rotation
* component[1].valueQuantity = 5 'deg' "deg"
