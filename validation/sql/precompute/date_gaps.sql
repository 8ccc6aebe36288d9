-- Every date on which rows are due: whether there is one.
WITH
due AS (
  SELECT
    season,
    as_of
  FROM expected
  GROUP BY
    season,
    as_of
),

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
