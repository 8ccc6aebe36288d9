"""fullcourt: the command line, the settings and the error tree; nothing here computes."""

__version__ = "0.1.0"
