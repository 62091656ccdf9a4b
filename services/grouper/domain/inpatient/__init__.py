"""What Medicare would pay a hospital for one discharge under the inpatient prospective payment system (IPPS)."""
