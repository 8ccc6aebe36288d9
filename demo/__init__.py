"""The demo league: a generated league with the shape of the real one, the same for the same seed.

    generate -> tables -> season: world and schedule -> box scores; shots, lines

Seasons are made one by one from named random streams; nothing here reads a file but the raw
contracts.
"""

from demo.generate import DemoLeague, generate

__all__ = ["DemoLeague", "generate"]
