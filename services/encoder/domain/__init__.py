"""What the encoder decides, without a database, a network or a clock."""
