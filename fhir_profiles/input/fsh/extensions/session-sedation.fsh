Extension: SessionSedation
Id: session-sedation
Title: "How sedated the patient was"
Description: "In words, or as the score of a scale that is named with it."
* ^context[0].type = #element
* ^context[0].expression = "Procedure"
* value[x] 1..1
* value[x] only string
