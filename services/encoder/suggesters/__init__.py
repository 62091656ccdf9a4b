"""Other suggesters beside the rules: a language model behind an endpoint, an in-house model. Off by default."""
