Invariant: horehab-rom-value
Description: "A reading holds degrees, or says why it does not; never both and never neither."
Severity: #error
Expression: "value.exists() xor dataAbsentReason.exists()"

Invariant: horehab-rom-limits
Description: "No joint turns by more than 200 degrees either way."
Severity: #error
Expression: "value.exists() implies value.value.abs() <= 200"

Profile: HorehabRom
Parent: Observation
Id: horehab-rom
Title: "Range of motion of one motion of one joint"
Description: "One angle of one motion of one joint of one side, in degrees, with who moved the limb. Larger is better in every motion: a deficit of extension is negative. Measurements of several motions are several of these."
* insert Measured
* extension contains
    RomMode named mode 0..1 MS and
    $BodyPosition named position 0..1
* extension[mode] ^short = "Who moved the limb; without it the reading is a series of its own and never taken as passive"
* code.coding 2..*
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains
    rangeOfMotion 1..1 MS and
    motion 1..1 MS and
    loinc 0..1
* code.coding[rangeOfMotion].system 1..1
* code.coding[rangeOfMotion].system = $SCT (exactly)
* code.coding[rangeOfMotion].code 1..1
* code.coding[rangeOfMotion].code = #364564000 (exactly)
* code.coding[motion].system 1..1
* code.coding[motion].system = $JointMotion (exactly)
* code.coding[motion].code 1..1
* code.coding[motion] from HorehabJointMotion (required)
* code.coding[motion] ^short = "Which motion of which joint"
* code.coding[loinc].system 1..1
* code.coding[loinc].system = $LOINC (exactly)
* code.coding[loinc].code 1..1
* code.coding[loinc] from HorehabRomLoinc (extensible)
* code.coding[loinc] ^short = "LOINC's code too, where joint, side, motion and mode are sure"
* code.text MS
* value[x] MS
* value[x] only Quantity
* valueQuantity.value 1..1
* valueQuantity.system 1..1
* valueQuantity.system = $UCUM (exactly)
* valueQuantity.code 1..1
* valueQuantity.code = #deg (exactly)
* valueQuantity.comparator ^short = "With a comparator the number is a bound, not a value"
* dataAbsentReason MS
* bodySite 1..1 MS
* insert Place(bodySite)
* device MS
* device ^short = "What it was measured with: a reference, or its name as display"
* component 0..0
* hasMember 0..0
* obeys horehab-rom-value and horehab-rom-limits
