Invariant: horehab-session-exertion
Description: "Exertion is rated from 0 to 10."
Severity: #error
Expression: "value >= 0 and value <= 10"

Extension: SessionExertion
Id: session-exertion
Title: "Perceived exertion, 0 to 10"
Description: "How hard the patient found it, 0 to 10 (not Borg's 6 to 20)."
* ^context[0].type = #element
* ^context[0].expression = "Procedure"
* value[x] 1..1
* value[x] only decimal
* obeys horehab-session-exertion
