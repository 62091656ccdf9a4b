"""Where risk adjustment and the chart disagree: documented and not coded, not recaptured, coded without support."""
