-- Every game with shots, in a season of which some assists of shots are told: the shots that tell it.
-- ---
-- about: shots that tell whether they were assisted, in seasons with a source that does
-- kind: share
-- optional: true
-- limits:
--   - at_least: 99
--     severity: warn
--     why: >-
--       release files tell it of every shot; assisted_rate is that of the games that tell it alone
WITH
games AS (
  SELECT
    season,
    game_date,
    game_id,
    COUNT(assisted) AS told,
    COUNT(*) AS taken
  FROM shots
  WHERE game_date IN UNNEST(@dates)
  GROUP BY
    season,
    game_date,
    game_id
),

told_seasons AS (
  SELECT season
  FROM games
  WHERE told > 0
  GROUP BY season
)

SELECT
  games.season,
  games.game_date AS as_of,
  games.game_id AS thing,
  games.told AS score,
  games.taken AS weight
FROM games
INNER JOIN told_seasons
  ON games.season = told_seasons.season
