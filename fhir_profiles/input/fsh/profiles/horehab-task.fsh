Invariant: horehab-task-intent
Description: "A calendar plans and a machine proposes; neither gives an order."
Severity: #error
Expression: "intent = 'plan' or intent = 'proposal'"

Profile: HorehabTask
Parent: Task
Id: horehab-task
Title: "Something that is due"
Description: "What a person is asked to do until when: measure, log a session, come for follow-up, look at a suspicion, repeat imaging. Its identifier is its key: patient, rule, subject, recipient, channel and window, so that it is never made twice."
* identifier 1..* MS
* status MS
* intent MS
* code 1..1 MS
* code.coding 1..*
* code from HorehabTaskCodes (required)
* code.text MS
* description 1..1 MS
* focus MS
* focus ^short = "The suspicion that it is about, if it is about one"
* for 1..1 MS
* for only Reference(Patient)
* authoredOn 1..1 MS
* owner MS
* restriction 1..1 MS
* restriction.period 1..1 MS
* restriction.period.end 1..1 MS
* restriction.period.end ^short = "Due until then"
* obeys horehab-task-intent
