CodeSystem: HorehabSessionTypes
Id: horehab-session-type
Title: "What a session was mainly for"
Description: "Kinds of mobilization session."
* insert OwnCodes
* #passive-mobilization "Passive mobilization" "The therapist moves the joints."
* #active-exercise "Active exercise" "The patient moves, alone or with help."
* #positioning "Positioning" "The patient is laid or turned."
* #sitting-standing "Sitting and standing" "On the edge of the bed, in a chair, on the feet."
* #walking "Walking" "Steps, with or without help."
* #assessment "Assessment" "Measuring and judging."
* #other "Other" "Anything else; the note says what."
