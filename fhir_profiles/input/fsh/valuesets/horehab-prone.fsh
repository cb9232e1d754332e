// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabProneCodes
Id: horehab-prone
Title: "Ventilation in prone position"
Description: "Ventilation lying face down."
* ^experimental = false
* insert Snomed
* $SCT#870391004 "Assisted ventilation in prone position (regime/therapy)"
