// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabVentilationCodes
Id: horehab-ventilation
Title: "Mechanical ventilation"
Description: "Mechanical ventilation."
* ^experimental = false
* insert Snomed
* $SCT#1258985005 "Invasive mechanical ventilation (regime/therapy)"
* $SCT#40617009 "Artificial ventilation (regime/therapy)"
