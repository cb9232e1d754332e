Invariant: horehab-reminder-discreet
Description: "A message may be read by anybody: it names no diagnosis, no joint and no value."
Severity: #error
Expression: "payload.content.where($this is string).all($this.lower().matches('(^|.*[^a-z])(hips?|knees?|shoulders?|elbows?|degrees?|suspect[a-z]*|[a-z]*ossif[a-z]*)([^a-z].*|$)').not())"

Profile: HorehabReminder
Parent: CommunicationRequest
Id: horehab-reminder
Title: "A reminder to be sent"
Description: "A message to a therapist, a patient or a relative that something is due, without anything of what is known. horehab sends its reminders itself and keeps them in its own memory; this is the form in which an EHR's own messenger takes them."
* identifier 1..* MS
* status MS
* doNotPerform 0..0
* medium MS
* subject 1..1 MS
* subject only Reference(Patient)
* about MS
* about only Reference(Task)
* payload 1..* MS
* payload.content[x] only string
* occurrence[x] 1..1 MS
* occurrence[x] only dateTime or Period
* authoredOn 1..1 MS
* recipient 1..* MS
* obeys horehab-reminder-discreet
