"""What the scrubber decides, without a database, a bus or a clock."""
