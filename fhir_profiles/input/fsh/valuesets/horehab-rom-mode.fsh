ValueSet: HorehabRomMode
Id: horehab-rom-mode
Title: "Who moved the limb"
Description: "Active, active-assisted or passive."
* ^experimental = false
* include codes from system $Mode
