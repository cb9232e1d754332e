Extension: KnownOn
Id: known-on
Title: "From which day it was known"
Description: "The ward's day on which a session was told of, where that was not the day on which it took place."
* ^context[0].type = #element
* ^context[0].expression = "Procedure"
* value[x] 1..1
* value[x] only date
