"""What the clearinghouse and the payers decide: the same interchange, seed and history give the same answers."""
