Invariant: horehab-performer
Description: "Whoever measured is named: each performer is a reference, an identifier or a name to show."
Severity: #error
Expression: "performer.all(reference.exists() or identifier.exists() or display.exists())"
