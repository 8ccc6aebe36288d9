-- Every date on which rows are due: how many there are, of how many.
WITH
due AS (
  SELECT
    season,
    as_of,
    COUNT(*) AS row_count
  FROM expected
  GROUP BY
    season,
    as_of
),

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
