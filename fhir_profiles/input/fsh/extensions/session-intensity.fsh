Extension: SessionIntensity
Id: session-intensity
Title: "How intense it was"
Description: "The therapist's own words, such as light, moderate or vigorous."
* ^context[0].type = #element
* ^context[0].expression = "Procedure"
* value[x] 1..1
* value[x] only string
