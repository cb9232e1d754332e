RuleSet: Loinc
* ^copyright = "This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at http://loinc.org/license. LOINC is a registered United States trademark of Regenstrief Institute, Inc."

RuleSet: Snomed
* ^copyright = "This material includes SNOMED Clinical Terms (SNOMED CT), used by permission of SNOMED International. SNOMED CT was originally created by the College of American Pathologists. Whoever uses it needs a licence where the country has none."

RuleSet: SnomedMap
* copyright = "This material includes SNOMED Clinical Terms (SNOMED CT), used by permission of SNOMED International. SNOMED CT was originally created by the College of American Pathologists. Whoever uses it needs a licence where the country has none."

RuleSet: LoincMap
* copyright = "This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at http://loinc.org/license. LOINC is a registered United States trademark of Regenstrief Institute, Inc."

RuleSet: SnomedAndLoinc
* ^copyright = "This material includes SNOMED Clinical Terms (SNOMED CT), used by permission of SNOMED International, and content from LOINC (http://loinc.org), copyright Regenstrief Institute, Inc. and the LOINC Committee, available at no cost under the license at http://loinc.org/license."
