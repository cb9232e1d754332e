"""How one FHIR server is spoken with: over HTTP, signed in, patiently, page after page."""
