ValueSet: HorehabActivity
Id: horehab-activity
Title: "What was done to a suspicion"
Description: "Raised, updated (or moved to the survivor of two merged records), withdrawn."
* ^experimental = false
* $DataOperation#CREATE
* $DataOperation#UPDATE
* $DataOperation#NULLIFY
