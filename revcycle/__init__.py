"""The command line of the product: serve it, look after it, and watch one day run through it."""

from importlib.metadata import version

__version__ = version("revcycle")
