Invariant: horehab-session-mobility-level
Description: "The ICU Mobility Scale goes from 0 to 10."
Severity: #error
Expression: "value >= 0 and value <= 10"

Extension: SessionMobilityLevel
Id: session-mobility-level
Title: "Highest level of the ICU Mobility Scale"
Description: "The highest level reached in the session, 0 to 10."
* ^context[0].type = #element
* ^context[0].expression = "Procedure"
* value[x] 1..1
* value[x] only integer
* obeys horehab-session-mobility-level
