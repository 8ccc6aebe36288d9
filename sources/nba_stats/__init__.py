"""Files of stats.nba.com into canonical rows:
game logs, shot charts, and schedule or players if present.

`NbaStatsFiles` is the source, `read(directory)` the same as a function; neither writes anything.
"""

from sources.nba_stats.reading import NbaStatsFiles, read

__all__ = ["NbaStatsFiles", "read"]
