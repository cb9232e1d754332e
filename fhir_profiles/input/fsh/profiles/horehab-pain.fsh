Invariant: horehab-pain-value
Description: "Pain is rated from 0 to 10, or it is said why it was not; an absent rating is never 0."
Severity: #error
Expression: "(value.exists() xor dataAbsentReason.exists()) and (value.exists() implies (value.value >= 0 and value.value <= 10))"

Profile: HorehabPain
Parent: Observation
Id: horehab-pain
Title: "Pain, 0 to 10"
Description: "Pain as the patient rates it from 0 to 10, at rest, in movement or at end range; of one joint where a body site with side says so, else of none."
* insert Measured
* extension contains PainOccasion named occasion 0..1 MS
* code.coding 1..*
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains numeric 1..1 MS
* code.coding[numeric].system 1..1
* code.coding[numeric].system = $LOINC (exactly)
* code.coding[numeric].code 1..1
* code.coding[numeric].code = #72514-3 (exactly)
* code.text MS
* value[x] MS
* value[x] only Quantity
* valueQuantity.value 1..1
* valueQuantity.comparator 0..0
* valueQuantity.system 1..1
* valueQuantity.system = $UCUM (exactly)
* valueQuantity.code 1..1
* valueQuantity.code = #{score} (exactly)
* bodySite MS
* insert Place(bodySite)
* component 0..0
* obeys horehab-pain-value
