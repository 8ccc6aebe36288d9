-- The rolling figures of players over 5 games, 10 games and the season, written by hand: window
-- aggregates per game, and the latest game before each date of the expected roster.
WITH games AS (
  SELECT
    player_id,
    season,
    game_date,
    avg(pts) OVER last_5 AS points_5,
    avg(pts) OVER last_10 AS points_10,
    avg(pts) OVER season_so_far AS points_season,
    avg(minutes_played) OVER last_5 AS minutes_5,
    avg(minutes_played) OVER last_10 AS minutes_10,
    avg(minutes_played) OVER season_so_far AS minutes_season,
    sum(usage_rate * minutes_played) OVER last_5 / sum(minutes_played) OVER last_5 AS usage_5,
    sum(usage_rate * minutes_played) OVER last_10 / sum(minutes_played) OVER last_10 AS usage_10,
    sum(usage_rate * minutes_played) OVER season_so_far
      / sum(minutes_played) OVER season_so_far AS usage_season,
    sum(paint_attempted) OVER last_5 AS paint_5,
    sum(paint_attempted) OVER last_10 AS paint_10,
    sum(paint_attempted) OVER season_so_far AS paint_season,
    sum(mid_range_attempted) OVER last_5 AS mid_range_5,
    sum(mid_range_attempted) OVER last_10 AS mid_range_10,
    sum(mid_range_attempted) OVER season_so_far AS mid_range_season,
    sum(three_attempted) OVER last_5 AS three_5,
    sum(three_attempted) OVER last_10 AS three_10,
    sum(three_attempted) OVER season_so_far AS three_season
  FROM nba_analytics.player_game_summary
  WINDOW
    last_5 AS (
      PARTITION BY season, player_id ORDER BY game_date, game_id
      ROWS BETWEEN 4 PRECEDING AND CURRENT ROW
    ),
    last_10 AS (
      PARTITION BY season, player_id ORDER BY game_date, game_id
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
    ),
    season_so_far AS (
      PARTITION BY season, player_id ORDER BY game_date, game_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)

SELECT
  roster.game_date AS as_of,
  games.*
FROM nba_analytics.upcoming_player_game_context AS roster
ASOF INNER JOIN games
  ON
    roster.season = games.season
    AND roster.player_id = games.player_id
    AND roster.game_date > games.game_date
