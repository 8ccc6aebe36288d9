-- Every date that a table of the phase has, where this one is due: whether it has rows.
-- ---
-- about: dates that one of the phase's tables has and this one, where due, has too
-- kind: share
WITH
found AS (
  SELECT as_of
  FROM judged
  GROUP BY as_of
)

SELECT
  due.season,
  due.as_of,
  CAST(due.as_of AS STRING) AS thing,
  IF(found.as_of IS NULL, 0, 1) AS score
FROM held_dates
INNER JOIN due
  ON held_dates.as_of = due.as_of
LEFT JOIN found
  ON held_dates.as_of = found.as_of
