"""How a claim gets its DRG: what the grouper must know, whether it knows it, and what its answer means."""
