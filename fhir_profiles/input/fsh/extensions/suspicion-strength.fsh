Extension: SuspicionStrength
Id: suspicion-strength
Title: "How strong the evidence is"
Description: "A whole number from 0 (nothing speaks for it) to 5 (everything does); it is no probability."
* ^context[0].type = #element
* ^context[0].expression = "Condition"
* value[x] 1..1
* value[x] only integer
