Instance: horehab-client
InstanceOf: CapabilityStatement
Title: "What horehab asks of an EHR"
Description: "What a FHIR server must be able to do so that horehab can follow its patients (SHALL), what makes it quicker or lets it write back (SHOULD), and what it uses where it is there (MAY)."
Usage: #definition
* url = "https://horehab.org/fhir/CapabilityStatement/horehab-client"
* name = "HorehabClient"
* title = "What horehab asks of an EHR"
* description = "SHALL is needed to read; SHOULD makes it quicker or lets horehab write; MAY is used where it is there. Nothing is ever deleted."
* status = #active
* experimental = false
* date = "2026-11-21"
* kind = #requirements
* fhirVersion = #4.0.1
* format[0] = #json
* rest[0].mode = #client
* rest[0].documentation = "Reading needs a capability statement, reading by id and searching by patient. Writing is negotiated: horehab doctor shows what was chosen."
* rest[0].security.service = http://terminology.hl7.org/CodeSystem/restful-security-service#SMART-on-FHIR
* rest[0].security.description = "SMART Backend Services (private_key_jwt)"
* insert Reads(Patient)
* insert Reads(Encounter)
* insert ByPatient
* insert Reads(Procedure)
* insert ByPatient
* insert Writes
* rest[0].resource[=].supportedProfile[0] = Canonical(HorehabSession)
* rest[0].resource[=].supportedProfile[1] = Canonical(HorehabVentilation)
* rest[0].resource[=].supportedProfile[2] = Canonical(HorehabProne)
* rest[0].resource[=].supportedProfile[3] = Canonical(HorehabEcmo)
* insert Reads(Observation)
* insert ByPatient
* insert Writes
* rest[0].resource[=].supportedProfile[0] = Canonical(HorehabRom)
* rest[0].resource[=].supportedProfile[1] = Canonical(HorehabRomSet)
* rest[0].resource[=].supportedProfile[2] = Canonical(HorehabPain)
* rest[0].resource[=].supportedProfile[3] = Canonical(HorehabSign)
* insert Reads(Condition)
* insert ByPatient
* insert Writes
* rest[0].resource[=].supportedProfile[0] = Canonical(HorehabHoSuspicion)
* insert Reads(MedicationRequest)
* insert ByPatient
* insert Reads(MedicationAdministration)
* insert ByPatient
* insert Reads(MedicationStatement)
* insert ByPatient
* insert Reads(DiagnosticReport)
* insert ByPatient
* insert Reads(Appointment)
* insert ByPatient
* insert Reads(ServiceRequest)
* insert ByPatient
* insert Reads(CarePlan)
* insert ByPatient
* insert Reads(Task)
* insert ByPatient
* insert Writes
* rest[0].resource[=].supportedProfile[0] = Canonical(HorehabTask)
* insert Reads(Provenance)
* insert Writes
* rest[0].resource[=].supportedProfile[0] = Canonical(HorehabReasons)
* insert Reads(Location)
