-- Every date on which rows are due: how many there are, of how many.
-- ---
-- about: rows of those due, in the poorest month
-- kind: worst_month
WITH
found AS (
  SELECT
    as_of,
    COUNT(*) AS row_count
  FROM judged
  GROUP BY as_of
)

SELECT
  due.season,
  due.as_of,
  CAST(due.as_of AS STRING) AS thing,
  COALESCE(found.row_count, 0) AS score,
  due.row_count AS weight
FROM due
LEFT JOIN found
  ON due.as_of = found.as_of
