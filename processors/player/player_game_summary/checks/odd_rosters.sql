-- Every team game: whether from 5 to 18 players played.
-- ---
-- about: team games with fewer than 5 or more than 18 players
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: no team plays a game with fewer than 5 or more than 18 players
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', team) AS thing,
  IF(COUNT(DISTINCT player_id) BETWEEN 5 AND 18, 1, 0) AS score
FROM judged
GROUP BY
  season,
  as_of,
  game_id,
  team
