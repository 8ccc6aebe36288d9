-- Every date: whether as many teams won as lost.
-- ---
-- about: dates with more wins than losses or fewer
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: every game has a winner and a loser
SELECT
  season,
  as_of,
  CAST(as_of AS STRING) AS thing,
  IF(COUNTIF(win) = COUNTIF(NOT win), 1, 0) AS score
FROM judged
GROUP BY
  season,
  as_of
