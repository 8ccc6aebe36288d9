-- Every team with earlier final games of the season, on every date with an eligible game.
WITH
game_days AS (
  SELECT
    as_of,
    season
  FROM playing_teams
  GROUP BY
    as_of,
    season
),

ranked_games AS (
  SELECT
    season,
    team,
    as_of AS game_date,
    ROW_NUMBER() OVER (PARTITION BY season, team ORDER BY as_of, game_id) AS game_rank,
    LEAD(as_of, 1, DATE '9999-12-31') OVER (PARTITION BY season, team ORDER BY as_of, game_id) AS next_date
  FROM final_games
)

SELECT
  days.as_of,
  days.season,
  games.team,
  games.game_rank AS games_before
FROM game_days AS days
INNER JOIN ranked_games AS games
  ON
    days.season = games.season
    AND days.as_of > games.game_date
    AND days.as_of <= games.next_date
