Instance: example-software
InstanceOf: HorehabSoftware
Title: "horehab with the rules of a version"
Description: "As the Provenance of a suspicion cites it."
Usage: #example
* identifier.system = "https://horehab.org/fhir/id/software"
* identifier.value = "horehab 0.1.0, rules 2026.1"
* status = #active
* deviceName.name = "horehab"
* deviceName.type = #model-name
* version.value = "0.1.0"
