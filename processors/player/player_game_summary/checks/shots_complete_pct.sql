-- Every player game whose shots the source covers: whether there are as many shots as attempts.
-- ---
-- about: rows with all their shots, where the source covers shots
-- kind: share
-- limits:
--   - at_least: 40
--     severity: block
--     why: below this the source lost shots, and zones are computed from what is left
--   - at_least: 90
--     severity: warn
--     why: every game without all its shots leaves the zone windows
SELECT
  judged.season,
  judged.as_of,
  CONCAT(judged.game_id, ' ', CAST(judged.player_id AS STRING)) AS thing,
  IF(judged.shots_status = 'complete', 1, 0) AS score
FROM judged
INNER JOIN schedule AS games
  ON judged.game_id = games.game_id
WHERE games.covers_shots
