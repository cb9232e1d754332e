Invariant: horehab-mobility-value
Description: "The ICU Mobility Scale goes from 0 to 10 in whole steps."
Severity: #error
Expression: "value.exists() implies (value >= 0 and value <= 10)"

Profile: HorehabMobility
Parent: Observation
Id: horehab-mobility
Title: "Highest level of the ICU Mobility Scale"
Description: "The highest level of the ICU Mobility Scale (0-10) reached in a session, as an Observation beside it. horehab itself writes the level on the session (extension session-mobility-level); this is the form for systems that chart it apart. No public code was found for the scale."
* insert Measured
* partOf 1..1
* code.coding 1..*
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains scale 1..1 MS
* code.coding[scale].system 1..1
* code.coding[scale].system = $Scale (exactly)
* code.coding[scale].code 1..1
* code.coding[scale].code = #icu-mobility-scale (exactly)
* value[x] 1..1 MS
* value[x] only integer
* bodySite 0..0
* component 0..0
* obeys horehab-mobility-value
