Extension: RuleVersion
Id: rule-version
Title: "By which version of the rules"
Description: "The version of the clinical rules that read the evidence."
* ^context[0].type = #element
* ^context[0].expression = "Condition"
* ^context[1].type = #element
* ^context[1].expression = "Provenance"
* value[x] 1..1
* value[x] only string
