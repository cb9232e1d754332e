"""What is known of a patient's joints and what follows from it: pure values and functions, see README."""
