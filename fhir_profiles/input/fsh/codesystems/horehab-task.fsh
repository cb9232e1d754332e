CodeSystem: HorehabTasks
Id: horehab-task
Title: "What can be due"
Description: "Why a person is asked to do something; the same words name the rules of reminders."
* insert OwnCodes
* #measure-rom "Measure range of motion" "The joints are to be measured."
* #log-session "Log a session" "A session that was planned has not been logged."
* #follow-up-visit "Follow-up visit" "A visit after intensive care is due."
* #repeat-imaging "Repeat imaging" "Imaging that was normal may have been too early."
* #review-suspicion "Review a suspicion" "A suspicion waits for a person."
