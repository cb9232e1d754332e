Extension: Laterality
Id: laterality
Title: "Left or right, beside a body site that does not say it"
Description: "The side of a body site whose own code names none: wrist and ankle have no code with side that is sure."
* ^context[0].type = #element
* ^context[0].expression = "CodeableConcept"
* value[x] 1..1
* value[x] only CodeableConcept
* value[x] from HorehabSide (extensible)
