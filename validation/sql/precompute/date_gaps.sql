-- Every date on which rows are due: whether there is one.
-- ---
-- about: dates with rows due and none there
-- kind: faults
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
FROM due
LEFT JOIN found
  ON due.as_of = found.as_of
