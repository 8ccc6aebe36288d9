-- Every team game with all its shots: whether the three zones add up to the attempts.
-- ---
-- about: team games with all their shots whose zones do not add up to the attempts
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: where every shot is there, the three zones are the attempts
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', team) AS thing,
  IF(paint_attempted + mid_range_attempted + three_attempted = fga, 1, 0) AS score
FROM judged
WHERE shots_status = 'complete'
