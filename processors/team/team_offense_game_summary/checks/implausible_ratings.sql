-- Every team game: whether possessions, rating and pace are of this world.
-- ---
-- about: team games with possessions, rating or pace out of this world
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: >-
--       no team has ever played a game beyond these; the stats are of another game or half of one
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', team) AS thing,
  IF(
    possessions BETWEEN 60 AND 160
    AND offensive_rating BETWEEN 50 AND 180
    AND pace BETWEEN 60 AND 140,
    1,
    0
  ) AS score
FROM judged
