-- Every final game with player box scores: whether the shots source has it, or a waiver says it never will.
-- ---
-- about: final games with player box scores that the shots source does not have, per season
-- kind: faults
-- limits:
--   - at_most: 0
--     severity: warn
--     why: >-
--       a game without shots leaves the zone windows; what needs shots is judged on the other games
--       alone
SELECT
  season,
  game_date AS as_of,
  game_id AS thing,
  CAST(season AS STRING) AS item,
  IF(covers_shots OR game_id IN UNNEST(@without_shots), 1, 0) AS score
FROM schedule
WHERE
  game_date IN UNNEST(@dates)
  AND status = 'final'
  AND covers_player_box
  AND game_type IN ('2', '4', '5', '6')
