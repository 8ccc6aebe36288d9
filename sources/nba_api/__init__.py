"""stats.nba.com itself: which calls make a season, and when an answer of it is believed.

Seventeen calls a season: the schedule, the logs of teams and of players per season type, and the
shots in windows of at most 300 games, because the site cuts an answer at 102,400 rows in silence.
"""
