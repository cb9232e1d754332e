Profile: HorehabEcmo
Parent: Procedure
Id: horehab-ecmo
Title: "A spell of extracorporeal membrane oxygenation"
Description: "ECMO, which opens the surveillance of a patient's joints. horehab reads it and never writes it."
* insert Exposed(HorehabEcmoCodes)
