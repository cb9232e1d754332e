ValueSet: HorehabSessionStatus
Id: horehab-session-status
Title: "Whether a session took place"
Description: "Completed, stopped, not done; or entered in error."
* ^experimental = false
* http://hl7.org/fhir/event-status#completed
* http://hl7.org/fhir/event-status#stopped
* http://hl7.org/fhir/event-status#not-done
* http://hl7.org/fhir/event-status#entered-in-error
