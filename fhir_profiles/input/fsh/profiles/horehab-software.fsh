Profile: HorehabSoftware
Parent: Device
Id: horehab-software
Title: "horehab itself, in one version"
Description: "The software that suspects, for charts that keep their software as Devices. The Provenance of a suspicion names it by the same identifier, without needing it to be there."
* identifier 1..* MS
* identifier.system 1..1
* identifier.value 1..1
* identifier ^short = "Software and rules with their versions, as the Provenance of a suspicion cites them"
* status MS
* deviceName 1..* MS
* version 1..* MS
* version.value MS
* patient 0..0
