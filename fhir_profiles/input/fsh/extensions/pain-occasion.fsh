Extension: PainOccasion
Id: pain-occasion
Title: "When it hurt"
Description: "At rest, in movement or at end range."
* ^context[0].type = #element
* ^context[0].expression = "Observation"
* ^context[1].type = #element
* ^context[1].expression = "Observation.component"
* value[x] 1..1
* value[x] only code
* value[x] from HorehabPainOccasion (required)
