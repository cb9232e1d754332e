ValueSet: HorehabMeasuredStatus
Id: horehab-measured-status
Title: "Measurements that count, or are taken back"
Description: "What is not final yet is not exchanged as a measurement."
* ^experimental = false
* http://hl7.org/fhir/observation-status#final
* http://hl7.org/fhir/observation-status#amended
* http://hl7.org/fhir/observation-status#corrected
* http://hl7.org/fhir/observation-status#entered-in-error
