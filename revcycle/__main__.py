"""`python -m revcycle` is the command `revcycle`."""

from revcycle.cli import main

main()
