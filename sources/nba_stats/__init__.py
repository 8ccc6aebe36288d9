"""Files of stats.nba.com into canonical rows: game logs, shot charts, and schedule or players if present.

`read(directory)` is the whole interface; it writes nothing.
"""

from sources.nba_stats.reading import read

__all__ = ["read"]
