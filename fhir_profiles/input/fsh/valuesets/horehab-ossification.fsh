// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabOssification
Id: horehab-ossification
Title: "Heterotopic ossification"
Description: "Which code a suspicion bears is the site's choice; no code for it is sure. This one is the default."
* ^experimental = false
* insert Snomed
* $SCT#128491006 "Heterotopic ossification (disorder)"
