"""The kinds of defect of a sample day: each a small function that spoils a clean draft and knows the cure."""

from samples.defects import coding, payer, registration
from samples.defects.kinds import KINDS, DefectKind, Injection

__all__ = ["KINDS", "DefectKind", "Injection", "coding", "payer", "registration"]
