Extension: RomMode
Id: rom-mode
Title: "Who moved the limb"
Description: "Active (the patient), active-assisted or passive (the therapist). Where nobody says, there is none: unknown is never taken as passive."
* ^context[0].type = #element
* ^context[0].expression = "Observation"
* ^context[1].type = #element
* ^context[1].expression = "Observation.component"
* value[x] 1..1
* value[x] only code
* value[x] from HorehabRomMode (required)
