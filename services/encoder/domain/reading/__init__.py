"""Reading a chart: which codes its documents support, each with the words that do, and what was left out and why."""
