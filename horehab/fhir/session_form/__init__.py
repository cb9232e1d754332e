"""The form of a session (QuestionnaireResponse): read, and filled in for others."""
