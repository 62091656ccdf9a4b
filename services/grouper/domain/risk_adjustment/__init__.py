"""Risk adjustment: the condition categories (HCC) of a person, what they add to the risk score and what has changed."""
