Profile: HorehabVentilation
Parent: Procedure
Id: horehab-ventilation
Title: "A spell of mechanical ventilation"
Description: "Mechanical ventilation, which opens the surveillance of a patient's joints. horehab reads it and never writes it."
* insert Exposed(HorehabVentilationCodes)
