Profile: HorehabProne
Parent: Procedure
Id: horehab-prone
Title: "A spell of ventilation in prone position"
Description: "Ventilation lying face down, which opens the surveillance of a patient's joints. horehab reads it and never writes it."
* insert Exposed(HorehabProneCodes)
