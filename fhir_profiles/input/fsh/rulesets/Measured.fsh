// What is the same for everything that is measured or noticed at the bedside.
RuleSet: Measured
* identifier 1..* MS
* identifier ^short = "By this it is recognised when it is sent again; horehab's own begin with https://horehab.org/fhir/id/"
* partOf MS
* partOf only Reference(Procedure)
* partOf ^short = "The session in which it was measured, by reference or by the session's identifier"
* status MS
* status from HorehabMeasuredStatus (required)
* category 1..* MS
* category ^slicing.discriminator.type = #value
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains exam 1..1
* category[exam] = $ObservationCategory#exam
* code MS
* subject 1..1 MS
* subject only Reference(Patient)
* effective[x] 1..1 MS
* effective[x] only dateTime or Period or instant
* effective[x] ^short = "When it was measured, as precisely as is known"
* issued MS
* issued ^short = "From when it was known, where that was another day than that of the measurement"
* performer 1..* MS
* performer ^short = "Who measured: a reference, or the name alone as display"
* obeys horehab-performer
