"""The services of the claim line: encoder, grouper, scrubber, submission; and a simulator of those who answer."""
