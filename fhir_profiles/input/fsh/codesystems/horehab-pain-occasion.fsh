CodeSystem: HorehabPainOccasions
Id: horehab-pain-occasion
Title: "When it hurt"
Description: "Occasions of pain that are rated apart."
* insert OwnCodes
* #rest "Rest" "Lying or sitting still."
* #movement "Movement" "While the joint was moved."
* #end-range "End range" "At the end of what the joint allows."
