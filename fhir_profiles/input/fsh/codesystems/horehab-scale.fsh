CodeSystem: HorehabScales
Id: horehab-scale
Title: "Scales that no public code names"
Description: "Scales for which no public code was found."
* insert OwnCodes
* #icu-mobility-scale "ICU Mobility Scale" "The highest level of mobility in intensive care, 0 to 10."
