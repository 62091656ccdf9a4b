"""Audits of coding: who is drawn, what the auditor says, how accurate it was, and what it was worth."""
