// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabEcmoCodes
Id: horehab-ecmo
Title: "ECMO"
Description: "Extracorporeal membrane oxygenation."
* ^experimental = false
* insert Snomed
* $SCT#233573008 "Extracorporeal membrane oxygenation (procedure)"
* $SCT#786453001 "Venovenous extracorporeal membrane oxygenation (procedure)"
* $SCT#786451004 "Venoarterial extracorporeal membrane oxygenation (procedure)"
