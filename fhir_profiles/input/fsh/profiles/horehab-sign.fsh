Invariant: horehab-sign-value
Description: "A sign was there or was not, or it is said why that is not known."
Severity: #error
Expression: "value.exists() xor dataAbsentReason.exists()"

Profile: HorehabSign
Parent: Observation
Id: horehab-sign
Title: "A bedside sign, there or not"
Description: "A sign that was looked for at the bedside (firm end-feel, swelling, warmth, a positive straight leg raise, new weakness, sensory loss, fever) and whether it was there. What was not looked for is not written."
* insert Measured
* code.coding 1..*
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains sign 1..1 MS
* code.coding[sign].system 1..1
* code.coding[sign].system = $Sign (exactly)
* code.coding[sign].code 1..1
* code.coding[sign] from HorehabSignCodes (required)
* code.text MS
* value[x] MS
* value[x] only boolean
* bodySite MS
* insert Place(bodySite)
* component 0..0
* obeys horehab-sign-value
