Invariant: horehab-session-repetitions
Description: "What is repeated is done at least once."
Severity: #error
Expression: "value >= 1"

Extension: SessionRepetitions
Id: session-repetitions
Title: "How often it was repeated"
Description: "Repetitions of the exercise in the session, all sets together."
* ^context[0].type = #element
* ^context[0].expression = "Procedure"
* value[x] 1..1
* value[x] only integer
* obeys horehab-session-repetitions
