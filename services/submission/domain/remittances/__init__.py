"""What payers paid: remittances as they are read from an 835, matched to claims and posted."""
