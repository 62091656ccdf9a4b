"""From what is asked to the codes it may mean: retrieval by words, ranking with reasons, fusion with meaning."""
