-- Both teams of every eligible game that is not called off: who plays on the date.
SELECT
  game_date AS as_of,
  season,
  game_id,
  home_team AS team,
  covers_player_box AS covered
FROM schedule
WHERE
  status NOT IN ('postponed', 'cancelled', 'dropped')
  AND game_type IN ('2', '4', '5', '6')
UNION ALL
SELECT
  game_date AS as_of,
  season,
  game_id,
  away_team AS team,
  covers_player_box AS covered
FROM schedule
WHERE
  status NOT IN ('postponed', 'cancelled', 'dropped')
  AND game_type IN ('2', '4', '5', '6')
