Instance: example-patient
InstanceOf: Patient
Title: "Somebody"
Description: "A patient who does not exist."
Usage: #example
* meta.tag = https://horehab.org/fhir/CodeSystem/horehab-tag#synthetic
* name.text = "Synthetic, Ana"
* name.family = "Synthetic"
* name.given = "Ana"
* gender = #female
* birthDate = "1961-01-01"
