-- A service owns its database; nobody else reads it.
CREATE DATABASE encoder;
CREATE DATABASE grouper;
CREATE DATABASE scrubber;
CREATE DATABASE submission;
-- The simulator keeps nothing but the answers to repeated requests.
CREATE DATABASE simulator;
