Instance: example-reminder
InstanceOf: HorehabReminder
Title: "A message without anything of what is known"
Description: "Says that something is due, and where to look."
Usage: #example
* identifier.system = "https://horehab.org/fhir/id/message"
* identifier.value = "Patient/example-patient|measure-rom|-|team|email|2026-W13"
* status = #active
* subject = Reference(example-patient)
* payload.contentString = "Something is due for one of your patients. Please open horehab."
* occurrenceDateTime = "2026-03-27T08:00:00+01:00"
* authoredOn = "2026-03-20T12:00:00+01:00"
* recipient.display = "Physiotherapy team"
