"""Files of stats.nba.com into canonical rows:
game logs, shot charts, and schedule or players if present.

`NbaStatsFiles` is the source, `read(directory)` the same as a function; neither writes anything.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sources.nba_stats.reading import NbaStatsFiles, read

__all__ = ["NbaStatsFiles", "read"]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would take any name for one that is there.
    def __getattr__(name: str) -> object:
        """Late: who asks for the reasons of rejects alone reads no files."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from sources.nba_stats import reading

        return getattr(reading, name)
