Invariant: horehab-rom-set-filled
Description: "A set holds readings: as members of their own, or as components."
Severity: #error
Expression: "hasMember.exists() or component.exists()"

Profile: HorehabRomSet
Parent: Observation
Id: horehab-rom-set
Title: "All that was measured in joints at one visit"
Description: "A panel: the readings of one visit as members, each an Observation of its own, or as components, each coded with joint, motion and (in its code or in the body site of the whole) side. horehab reads both forms and itself writes each reading alone, as part of its session."
* identifier MS
* status MS
* category 1..* MS
* category ^slicing.discriminator.type = #value
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains exam 1..1
* category[exam] = $ObservationCategory#exam
* code MS
* code from HorehabRomSetCode (extensible)
* subject 1..1 MS
* subject only Reference(Patient)
* effective[x] 1..1 MS
* effective[x] only dateTime or Period or instant
* performer MS
* value[x] 0..0
* bodySite MS
* bodySite from HorehabBodySite (extensible)
* hasMember MS
* hasMember only Reference(Observation)
* component MS
* component.extension contains RomMode named mode 0..1
* component.code MS
* component.code.coding 1..*
* component.value[x] MS
* component.value[x] only Quantity
* component.valueQuantity.value 1..1
* component.valueQuantity.system 1..1
* component.valueQuantity.system = $UCUM (exactly)
* component.valueQuantity.code 1..1
* component.valueQuantity.code = #deg (exactly)
* obeys horehab-rom-set-filled
