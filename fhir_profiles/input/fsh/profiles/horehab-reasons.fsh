Invariant: horehab-reasons-inputs
Description: "Whoever raises a suspicion names at least one thing that it was read from."
Severity: #error
Expression: "activity.coding.where(code = 'CREATE').exists() implies entity.where(role = 'source').exists()"

Invariant: horehab-reasons-software
Description: "Some agent is this software: a Device, named with its version."
Severity: #error
Expression: "agent.where(who.type = 'Device' and who.display.exists()).exists()"

Profile: HorehabReasons
Parent: Provenance
Id: horehab-reasons
Title: "Why a suspicion stands as it does"
Description: "What was done (raised, updated, moved, withdrawn), by which version of the software and of its rules, from which inputs, in a sentence. Also why a resource of ours that stood twice was ended."
* extension contains
    RuleVersion named ruleVersion 0..1 MS and
    InputsDigest named inputsDigest 0..1 MS and
    OwnIdentifier named identifier 0..1 MS
* target MS
* recorded MS
* activity 1..1 MS
* activity.coding 0..1
* activity.coding from HorehabActivity (required)
* activity.text 1..1
* reason MS
* reason.text MS
* agent MS
* agent.type 1..1
* agent.type = $ParticipantType#assembler
* agent.who.type MS
* agent.who.identifier MS
* agent.who.display 1..1 MS
* entity MS
* entity.role = #source (exactly)
* obeys horehab-reasons-inputs and horehab-reasons-software
