"""The services of the claim line: encoder, grouper, scrubber, submission, and the simulator of clearinghouse and payers."""
