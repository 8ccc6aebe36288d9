"""The Odds API: lines on players and games as they stood a quarter of an hour before each tip-off.

It is paid by credits, so every call is counted before it is made. It has names and no ids: teams by
their full names, players within the two rosters of a game.
"""
