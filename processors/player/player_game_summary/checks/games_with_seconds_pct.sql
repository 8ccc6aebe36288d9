-- Every game of a season of which some minutes have seconds: whether those of the game have. Twenty players
-- do not all leave on the minute.
-- ---
-- about: games whose minutes have seconds, in seasons with a source that has them
-- kind: share
-- optional: true
-- limits:
--   - at_least: 99
--     severity: warn
--     why: >-
--       release files and box scores have seconds in every game; usage of short stints is off by half
--       where a game has whole minutes alone
WITH
games AS (
  SELECT
    season,
    as_of,
    game_id,
    MAX(IF(minutes_played = FLOOR(minutes_played), 0, 1)) AS has_seconds
  FROM judged
  GROUP BY
    season,
    as_of,
    game_id
),

told_seasons AS (
  SELECT season
  FROM games
  WHERE has_seconds = 1
  GROUP BY season
)

SELECT
  games.season,
  games.as_of,
  games.game_id AS thing,
  games.has_seconds AS score
FROM games
INNER JOIN told_seasons
  ON games.season = told_seasons.season
