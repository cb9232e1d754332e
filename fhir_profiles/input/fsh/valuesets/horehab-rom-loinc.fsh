// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabRomLoinc
Id: horehab-rom-loinc
Title: "LOINC's ranges of motion"
Description: "The LOINC codes of range of motion that are sure enough to be written; more are read (concept map)."
* ^experimental = false
* insert Loinc
* $LOINC#41295-7 "Shoulder - left Flexion Active Range of Motion Quantitative"
* $LOINC#41297-3 "Shoulder - left Extension Active Range of Motion Quantitative"
* $LOINC#41299-9 "Shoulder - left Abduction Active Range of Motion Quantitative"
* $LOINC#41307-0 "Shoulder - right Flexion Active Range of Motion Quantitative"
* $LOINC#41309-6 "Shoulder - right Extension Active Range of Motion Quantitative"
* $LOINC#41316-1 "Shoulder - right Internal rotation Passive Range of Motion Quantitative"
* $LOINC#41343-5 "Knee - left Flexion Active Range of Motion Quantitative"
* $LOINC#41345-0 "Knee - left Extension Active Range of Motion Quantitative"
* $LOINC#41347-6 "Knee - right Flexion Active Range of Motion Quantitative"
* $LOINC#41349-2 "Knee - right Extension Active Range of Motion Quantitative"
* $LOINC#41381-5 "Shoulder Abduction Active Range of Motion Quantitative"
* $LOINC#41382-3 "Shoulder Abduction Passive Range of Motion Quantitative"
* $LOINC#41385-6 "Shoulder Extension Active Range of Motion Quantitative"
* $LOINC#41386-4 "Shoulder Extension Passive Range of Motion Quantitative"
* $LOINC#41387-2 "Shoulder External rotation Active Range of Motion Quantitative"
* $LOINC#41388-0 "Shoulder External rotation Passive Range of Motion Quantitative"
* $LOINC#41389-8 "Shoulder Flexion Active Range of Motion Quantitative"
* $LOINC#41390-6 "Shoulder Flexion Passive Range of Motion Quantitative"
* $LOINC#41391-4 "Shoulder Internal rotation Active Range of Motion Quantitative"
* $LOINC#41392-2 "Shoulder Internal rotation Passive Range of Motion Quantitative"
