"""What Medicare pays for the services of physicians and other practitioners, under the physician fee schedule."""
