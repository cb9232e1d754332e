ValueSet: HorehabSessionType
Id: horehab-session-type
Title: "What a session was mainly for"
Description: "All kinds of session."
* ^experimental = false
* include codes from system $SessionType
