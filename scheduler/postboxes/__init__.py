"""How a reminder leaves: one carrier for each medium, and the office that knows whom, when and in which words."""
