CodeSystem: HorehabSigns
Id: horehab-sign
Title: "Bedside signs"
Description: "What a therapist notices besides degrees."
* insert OwnCodes
* #slr-positive "Positive straight leg raise" "Lifting the straight leg hurts along the sciatic nerve (Lasègue)."
* #leg-weakness "New leg weakness" "A leg is weaker than it was."
* #sensory-loss "Sensory loss" "Feeling is lost or less; pain is then no guide."
* #firm-end-feel "Firm end-feel" "The movement ends hard and early."
* #swelling "Swelling" "The joint's region is swollen."
* #warmth "Warmth" "The joint's region is warm."
* #fever "Fever" "The patient has a fever."
