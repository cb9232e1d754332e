CodeSystem: RomModes
Id: rom-mode
Title: "Who moved the limb"
Description: "The modes of a reading of range of motion."
* insert OwnCodes
* #active "Active" "The patient alone."
* #passive "Passive" "The therapist alone."
* #active-assisted "Active-assisted" "The patient, with the therapist's help."
