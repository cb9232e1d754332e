Invariant: horehab-suspicion-words
Description: "Whoever sees nothing but the words must see that it is a suspicion: they begin with Suspected."
Severity: #error
Expression: "code.text.startsWith('Suspected')"

Invariant: horehab-suspicion-evidence
Description: "A suspicion that stands names the Observations on which it rests."
Severity: #error
Expression: "verificationStatus.coding.where(code = 'entered-in-error').exists() or evidence.detail.exists()"

Invariant: horehab-suspicion-asserter
Description: "While it is unconfirmed nobody asserts it: a machine suspects, people diagnose."
Severity: #error
Expression: "verificationStatus.coding.where(code = 'unconfirmed').exists() implies (asserter.empty() and recorder.empty())"

Invariant: horehab-suspicion-strength
Description: "The strength of a suspicion is a whole number from 0 to 5."
Severity: #error
Expression: "value >= 0 and value <= 5"

Invariant: horehab-suspicion-episode
Description: "Episodes of a joint are counted from 1."
Severity: #error
Expression: "value >= 1"

Profile: HorehabHoSuspicion
Parent: Condition
Id: horehab-ho-suspicion
Title: "Suspected heterotopic ossification of one joint"
Description: "horehab suspects that a joint ossifies, because its readings worsen: unconfirmed, with the Observations that a person can check. People confirm, refute or dismiss it; their decision is never overwritten. One for each patient, joint, side and episode. Why it stands is in a Provenance (horehab-reasons)."
* extension contains
    SuspicionEpisode named episode 1..1 MS and
    RuleVersion named ruleVersion 1..1 MS and
    SuspicionStrength named strength 1..1 MS
* extension[episode] obeys horehab-suspicion-episode
* extension[strength] obeys horehab-suspicion-strength
* meta.security MS
* meta.security ^short = "DEVAST: asserted by a device"
* identifier 1..* MS
* clinicalStatus MS
* verificationStatus 1..1 MS
* category 1..* MS
* code 1..1 MS
* code from HorehabOssification (example)
* code.coding ^short = "Which code is the site's choice: none is sure enough to be ours; the words say what it is"
* code.text 1..1 MS
* bodySite 1..1 MS
* insert Place(bodySite)
* subject MS
* subject only Reference(Patient)
* onset[x] MS
* onset[x] only dateTime
* onset[x] ^short = "The first reading that was worse"
* recordedDate 1..1 MS
* evidence MS
* evidence.detail MS
* note MS
* obeys horehab-suspicion-words and horehab-suspicion-evidence and horehab-suspicion-asserter
