"""The only room that knows FHIR and HTTP: a file per resource, both directions side by side."""
