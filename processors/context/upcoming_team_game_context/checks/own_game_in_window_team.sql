-- Every team and date: whether its record counts no more games than were final before the date.
-- ---
-- about: rows whose record counts the game to come
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: a row that counts the game to come knows its result
SELECT
  judged.season,
  judged.as_of,
  CONCAT(CAST(judged.as_of AS STRING), ' ', judged.team) AS thing,
  IF(judged.wins + judged.losses <= COALESCE(earlier.games_before, 0), 1, 0) AS score
FROM judged
LEFT JOIN qualified_teams AS earlier
  ON
    judged.as_of = earlier.as_of
    AND judged.season = earlier.season
    AND judged.team = earlier.team
