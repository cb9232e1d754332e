CodeSystem: HorehabExposures
Id: horehab-exposure
Title: "Exposures that no public code says"
Description: "What goes before ossification and has no public code that we are sure of."
* insert OwnCodes
* #sedation "Sedation" "The patient was sedated."
* #immobilisation "Immobilisation" "The patient, or a joint, was kept still."
