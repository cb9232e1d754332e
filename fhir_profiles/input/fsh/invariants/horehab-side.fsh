Invariant: horehab-side
Description: "A body site whose code names no side bears the side beside it: left and right are never guessed."
Severity: #error
Expression: "coding.where(system = 'http://snomed.info/sct' and (code = '24136001' or code = '29836001' or code = '72696002' or code = '16982005' or code = '85537004' or code = '16953009' or code = '127949000' or code = '8205005' or code = '344001')).exists() implies extension.where(url = 'https://horehab.org/fhir/StructureDefinition/laterality').exists()"
