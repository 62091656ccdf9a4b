"""HL7 v2 into encounters, charges and documents, and a coded chart back out: told apart by what each module reads."""
