ValueSet: HorehabSignCodes
Id: horehab-sign
Title: "Bedside signs"
Description: "All signs of our code system."
* ^experimental = false
* include codes from system $Sign
