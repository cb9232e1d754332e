Invariant: horehab-session-performer
Description: "Whoever held the session is named: a reference, an identifier or a name to show."
Severity: #error
Expression: "performer.all(actor.reference.exists() or actor.identifier.exists() or actor.display.exists())"

Invariant: horehab-session-reason
Description: "A reason for not being done belongs to a session that was not done or was stopped."
Severity: #warning
Expression: "statusReason.exists() implies (status = 'not-done' or status = 'stopped')"

Invariant: horehab-session-order
Description: "A session ends after it has begun."
Severity: #error
Expression: "performed.where($this is Period).all(start.exists() and (end.exists() implies start <= end))"

Profile: HorehabSession
Parent: Procedure
Id: horehab-session
Title: "A mobilization session"
Description: "One session of a therapist with a patient: what it was mainly for, when, on which joints, by whom, how much of it and how it was borne; or that a planned one was not done, and why. Degrees, pain and signs are Observations that are part of it."
* extension contains
    SessionMinutes named minutes 0..1 MS and
    SessionMobilityLevel named mobilityLevel 0..1 MS and
    SessionExertion named exertion 0..1 MS and
    SessionRepetitions named repetitions 0..1 MS and
    SessionIntensity named intensity 0..1 MS and
    SessionSedation named sedation 0..1 MS and
    KnownOn named knownOn 0..1
* identifier 1..* MS
* identifier ^short = "The id of the form; by it the session is recognised when it is sent again"
* status MS
* status from HorehabSessionStatus (required)
* statusReason MS
* statusReason.text 1..1
* category 1..1 MS
* category.coding 1..*
* category from HorehabSessionType (extensible)
* code 1..1 MS
* code.coding 1..*
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains
    kind 1..1 MS and
    snomed 0..1
* code.coding[kind].system 1..1
* code.coding[kind].system = $SessionType (exactly)
* code.coding[kind].code 1..1
* code.coding[kind] from HorehabSessionType (required)
* code.coding[snomed].system 1..1
* code.coding[snomed].system = $SCT (exactly)
* code.coding[snomed].code 1..1
* code.coding[snomed] from HorehabSessionSnomed (extensible)
* code.text 1..1 MS
* subject MS
* subject only Reference(Patient)
* performed[x] 1..1 MS
* performed[x] only dateTime or Period
* performer 1..* MS
* bodySite MS
* insert Place(bodySite)
* complication MS
* complication.text 1..1
* note MS
* obeys horehab-session-performer and horehab-session-reason and horehab-session-order
