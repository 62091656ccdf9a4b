"""The Official Guidelines and the conventions of the classifications as dated rules, one a function."""
