Invariant: horehab-session-minutes
Description: "A session does not last less than nothing."
Severity: #error
Expression: "value >= 0"

Extension: SessionMinutes
Id: session-minutes
Title: "How long it lasted"
Description: "Minutes, also where the time of day is not known."
* ^context[0].type = #element
* ^context[0].expression = "Procedure"
* value[x] 1..1
* value[x] only decimal
* obeys horehab-session-minutes
