RuleSet: Reads(kind)
* rest[0].resource[+].type = #{kind}
* rest[0].resource[=].interaction[0].code = #read
* rest[0].resource[=].interaction[0].extension[0].url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* rest[0].resource[=].interaction[0].extension[0].valueCode = #SHALL
* rest[0].resource[=].interaction[1].code = #search-type
* rest[0].resource[=].interaction[1].extension[0].url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* rest[0].resource[=].interaction[1].extension[0].valueCode = #SHALL
* rest[0].resource[=].interaction[2].code = #history-type
* rest[0].resource[=].interaction[2].extension[0].url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* rest[0].resource[=].interaction[2].extension[0].valueCode = #MAY
* rest[0].resource[=].searchParam[0].name = "_lastUpdated"
* rest[0].resource[=].searchParam[0].type = #date
* rest[0].resource[=].searchParam[0].extension[0].url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* rest[0].resource[=].searchParam[0].extension[0].valueCode = #SHOULD

RuleSet: ByPatient
* rest[0].resource[=].searchParam[1].name = "patient"
* rest[0].resource[=].searchParam[1].type = #reference
* rest[0].resource[=].searchParam[1].extension[0].url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* rest[0].resource[=].searchParam[1].extension[0].valueCode = #SHALL

RuleSet: Writes
* rest[0].resource[=].interaction[3].code = #create
* rest[0].resource[=].interaction[3].extension[0].url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* rest[0].resource[=].interaction[3].extension[0].valueCode = #SHOULD
* rest[0].resource[=].interaction[4].code = #update
* rest[0].resource[=].interaction[4].extension[0].url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* rest[0].resource[=].interaction[4].extension[0].valueCode = #SHOULD
