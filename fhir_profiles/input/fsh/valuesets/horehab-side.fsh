// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabSide
Id: horehab-side
Title: "Sides"
Description: "Left, right, both."
* ^experimental = false
* insert Snomed
* $SCT#7771000 "Left (qualifier value)"
* $SCT#24028007 "Right (qualifier value)"
* $SCT#51440002 "Right and left (qualifier value)"
