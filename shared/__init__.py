"""What the services share: the claim itself, and the plumbing every service needs. Never imports `services`."""
