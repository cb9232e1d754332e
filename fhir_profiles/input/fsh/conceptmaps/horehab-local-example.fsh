Instance: horehab-local-example
InstanceOf: ConceptMap
Title: "How a site maps its own codes: an example"
Description: "What HOREHAB_CONCEPT_MAP points to: local codes, and what each of them means here. The local codes are invented."
Usage: #example
* url = "https://horehab.org/fhir/ConceptMap/horehab-local-example"
* name = "HorehabLocalExample"
* title = "How a site maps its own codes: an example"
* status = #active
* experimental = true
* group[0].source = "https://hospital.example/codes"
* group[0].target = $JointMotion
* group[0].element[0].code = #PT-HIP-FLEX
* group[0].element[0].display = "Hüfte Beugung"
* group[0].element[0].target[0].code = #hip-flexion
* group[0].element[0].target[0].equivalence = #equivalent
* group[0].element[1].code = #PT-KNEE-EXT-DEF
* group[0].element[1].display = "Extension deficit of the knee"
* group[0].element[1].target[0].code = #knee-extension
* group[0].element[1].target[0].equivalence = #equivalent
* group[1].source = "https://hospital.example/codes"
* group[1].target = $Mode
* group[1].element[0].code = #PT-HIP-FLEX
* group[1].element[0].target[0].code = #passive
* group[1].element[0].target[0].equivalence = #wider
