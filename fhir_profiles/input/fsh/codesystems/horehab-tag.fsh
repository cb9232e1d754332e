CodeSystem: HorehabTags
Id: horehab-tag
Title: "Tags"
Description: "How a resource is marked in its meta."
* insert OwnCodes
* #synthetic "Synthetic" "Made up for a demonstration or a test; no patient's."
