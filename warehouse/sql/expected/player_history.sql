-- Every player with earlier covered games of the season, on every date with a covered game:
-- how many, for which team he played last and when, and whether that makes him expected on the date.
WITH
covered_teams AS (
  SELECT
    as_of,
    season,
    team
  FROM playing_teams
  WHERE covered
  GROUP BY
    as_of,
    season,
    team
),

covered_days AS (
  SELECT
    as_of,
    season
  FROM covered_teams
  GROUP BY
    as_of,
    season
),

ranked_games AS (
  SELECT
    season,
    player_id,
    as_of AS game_date,
    team,
    ROW_NUMBER() OVER (PARTITION BY season, player_id ORDER BY as_of, game_id) AS game_rank,
    LEAD(as_of, 1, DATE '9999-12-31')
      OVER (PARTITION BY season, player_id ORDER BY as_of, game_id)
      AS next_date
  FROM box_scores
)

SELECT
  days.as_of,
  days.season,
  games.player_id,
  games.team,
  games.game_date AS last_game_date,
  games.game_rank AS games_before,
  teams.team IS NOT NULL AND games.game_date >= days.as_of - 30 AS on_roster
FROM covered_days AS days
INNER JOIN ranked_games AS games
  ON
    days.season = games.season
    AND days.as_of > games.game_date
    AND days.as_of <= games.next_date
LEFT JOIN covered_teams AS teams
  ON
    days.as_of = teams.as_of
    AND games.team = teams.team
