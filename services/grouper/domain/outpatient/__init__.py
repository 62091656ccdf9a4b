"""What Medicare pays a hospital for an outpatient visit under the Outpatient Prospective Payment System."""
