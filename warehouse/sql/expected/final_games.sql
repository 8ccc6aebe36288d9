-- Both teams of every eligible final game: what phase 1 must hold.
SELECT
  game_date AS as_of,
  season,
  game_id,
  home_team AS team
FROM schedule
WHERE
  status = 'final'
  AND game_type IN ('2', '4', '5', '6')
UNION ALL
SELECT
  game_date AS as_of,
  season,
  game_id,
  away_team AS team
FROM schedule
WHERE
  status = 'final'
  AND game_type IN ('2', '4', '5', '6')
