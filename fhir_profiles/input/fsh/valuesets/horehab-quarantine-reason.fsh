ValueSet: HorehabQuarantineReason
Id: horehab-quarantine-reason
Title: "Why something was not read"
Description: "Every reason for which a resource, or a part of it, is set aside until a person has looked."
* ^experimental = false
* include codes from system https://horehab.org/fhir/CodeSystem/horehab-quarantine-reason
