ValueSet: HorehabPainOccasion
Id: horehab-pain-occasion
Title: "When it hurt"
Description: "Rest, movement, end range."
* ^experimental = false
* include codes from system $PainOccasion
