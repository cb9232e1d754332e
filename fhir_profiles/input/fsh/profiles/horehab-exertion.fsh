Invariant: horehab-exertion-value
Description: "Exertion is rated from 0 to 10; Borg's scale from 6 to 20 is another one."
Severity: #error
Expression: "value.exists() implies (value.value >= 0 and value.value <= 10)"

Profile: HorehabExertion
Parent: Observation
Id: horehab-exertion
Title: "Perceived exertion, 0 to 10"
Description: "How hard the patient found a session, from 0 to 10, as an Observation beside it. horehab itself writes the rating on the session (extension session-exertion); this is the form for systems that chart it apart."
* insert Measured
* partOf 1..1
* code.coding 1..*
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains rating 1..1 MS
* code.coding[rating].system 1..1
* code.coding[rating].system = $LOINC (exactly)
* code.coding[rating].code 1..1
* code.coding[rating].code = #82289-0 (exactly)
* value[x] 1..1 MS
* value[x] only Quantity
* valueQuantity.value 1..1
* valueQuantity.comparator 0..0
* valueQuantity.system 1..1
* valueQuantity.system = $UCUM (exactly)
* valueQuantity.code 1..1
* valueQuantity.code = #{score} (exactly)
* bodySite 0..0
* component 0..0
* obeys horehab-exertion-value
