// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabSessionSnomed
Id: horehab-session-snomed
Title: "Kinds of session in SNOMED CT"
Description: "The kinds of session of which a SNOMED CT code is sure."
* ^experimental = false
* insert Snomed
* $SCT#229065009 "Exercise therapy (regime/therapy)"
* $SCT#410158009 "Physical therapy assessment (procedure)"
* $SCT#183311000 "Passive exercise (regime/therapy)"
