"""A stand-in for the sites that seasons are fetched from: it serves a league in their shapes.

`league.py` holds the rows, `answers.py` writes them as stats.nba.com does, `bulk.py` as the release
files do, `faults.py` spoils answers, `server.py` is the server on the loopback.
"""
