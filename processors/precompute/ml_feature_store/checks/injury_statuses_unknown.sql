-- Every player whom an injury report names: whether his status is one that injury_risk knows.
-- ---
-- about: injuries with a status that injury_risk does not know
-- kind: faults
-- sample: true
-- optional: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: a status that nobody knows counts as healthy
SELECT
  season,
  game_date AS as_of,
  CONCAT(game_id, ' ', CAST(player_id AS STRING), ': ', status) AS thing,
  IF(status IN ('Out', 'Doubtful', 'Questionable', 'Probable', 'Available'), 1, 0) AS score
FROM injuries
WHERE game_date IN UNNEST(@dates)
