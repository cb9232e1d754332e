ValueSet: HorehabRomSetCode
Id: horehab-rom-set-code
Title: "What a set of readings may be called"
Description: "SNOMED CT's range of joint movement, LOINC's panels."
* ^experimental = false
* insert SnomedAndLoinc
* $SCT#364564000
* $LOINC#41359-1
* $LOINC#41360-9
