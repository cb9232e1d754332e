// Written by tests/profiles/vocabulary.py (make profiles).
ValueSet: HorehabBodySite
Id: horehab-body-site
Title: "Joints"
Description: "Joints with their side in the code, and joints beside which the side must stand. A site may set its own."
* ^experimental = false
* insert Snomed
* $SCT#24136001 "Hip joint structure (body structure)"
* $SCT#16953009 "Elbow joint structure (body structure)"
* $SCT#85537004 "Glenohumeral joint structure (body structure)"
* $SCT#72696002 "Knee region structure (body structure)"
* $SCT#127949000 "Elbow region structure (body structure)"
* $SCT#29836001 "Hip region structure (body structure)"
* $SCT#16982005 "Shoulder region structure (body structure)"
* $SCT#344001 "Ankle region structure (body structure)"
* $SCT#8205005 "Wrist region structure (body structure)"
* $SCT#287679003 "Left hip region structure"
* $SCT#287579007 "Right hip region structure"
* $SCT#82169009 "Structure of left knee region"
* $SCT#368148009 "Left elbow region structure"
* $SCT#368149001 "Right elbow region structure"
* $SCT#6757004 "Structure of right knee region"
* $SCT#91774008 "Structure of right shoulder region"
* $SCT#91775009 "Structure of left shoulder region"
