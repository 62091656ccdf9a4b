"""The services of the claim line: encoder, grouper, scrubber, submission; and a simulator of clearinghouse and payer."""
