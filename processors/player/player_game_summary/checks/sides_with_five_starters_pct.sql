-- Every side whose starters the source tells: whether there are five of them.
-- ---
-- about: sides with five starters, where the source tells who started
-- kind: share
-- sample: true
-- optional: true
-- limits:
--   - at_least: 95
--     severity: block
--     why: five start a game; where one side in twenty has another number, the column is another
--   - at_least: 100
--     severity: warn
--     why: five start a game; a source was seen with box scores of which one was not marked
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', team, ': ', CAST(COUNTIF(starter) AS STRING)) AS thing,
  IF(COUNTIF(starter) = 5, 1, 0) AS score
FROM judged
WHERE starter IS NOT NULL
GROUP BY
  season,
  as_of,
  game_id,
  team
