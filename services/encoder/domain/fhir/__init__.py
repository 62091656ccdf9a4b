"""FHIR R4 into encounters: a pure mapping, told apart by what each module reads."""
