// What is the same for what a patient goes through in intensive care.
RuleSet: Exposed(codes)
* status MS
* code 1..1 MS
* code.coding 1..*
* code from {codes} (extensible)
* subject MS
* subject only Reference(Patient)
* performed[x] 1..1 MS
* performed[x] only Period or dateTime
* performedPeriod.start 1..1
* performed[x] ^short = "When it began and, once it is over, when it ended"
