ValueSet: HorehabTaskCodes
Id: horehab-task
Title: "What can be due"
Description: "All that a person is asked to do."
* ^experimental = false
* include codes from system $Task
