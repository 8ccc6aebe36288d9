"""Queries on the labelled rows of the feature store, written from its features.

Each is a query of a gate's check (see validation/checks.py) on the feature store: BigQuery's
dialect, over `judged` and tables by name. A label is the points of the player in the game, and for
the team, that were expected of him.
"""

from __future__ import annotations

from collections.abc import Sequence

REFERENCE_GAMES = 10
"""Games before one whose mean points are what was to be expected in it."""
FEWEST_ROWS_OF_A_PLAYER = 5
"""Rows of a player and season below which a feature that does not vary says nothing."""
BINS_PER_DEVIATION, MOST_DEVIATIONS = 2, 2
"""How finely a distribution is compared, and how far from the mean its outermost bins begin."""

_PLAYED = f"""played AS (
  SELECT
    game_date,
    player_id,
    game_id,
    team,
    pts,
    pts - AVG(pts) OVER (
      PARTITION BY season, player_id ORDER BY game_date, game_id
      ROWS BETWEEN {REFERENCE_GAMES} PRECEDING AND 1 PRECEDING
    ) AS surprise
  FROM player_game_summary
  WHERE game_date BETWEEN DATE_SUB(@first, INTERVAL 1 YEAR) AND @last
)"""
_LABELS = f"""{_PLAYED},
labels AS (
  SELECT played.game_date, played.player_id, played.pts, played.surprise
  FROM upcoming_player_game_context AS expected
  INNER JOIN played
    ON expected.game_date = played.game_date
    AND expected.player_id = played.player_id
    AND expected.game_id = played.game_id
    AND expected.team = played.team
  WHERE expected.game_date BETWEEN @first AND @last
)"""
_TEAMS = f"""team_results AS (
  SELECT
    game_date,
    team,
    pts - AVG(pts) OVER (
      PARTITION BY season, team ORDER BY game_date, game_id
      ROWS BETWEEN {REFERENCE_GAMES} PRECEDING AND 1 PRECEDING
    ) AS surprise
  FROM team_offense_game_summary
  WHERE game_date BETWEEN DATE_SUB(@first, INTERVAL 1 YEAR) AND @last
)"""


def correlations(features: Sequence[str]) -> str:
    """item, season, correlation with the label, row_count: one row per feature and season."""
    return f"""WITH {_LABELS},
{_labelled(features)}
SELECT feature AS item, season, CORR(value, pts) AS correlation, COUNT(*) AS row_count
FROM labelled UNPIVOT(value FOR feature IN ({_list(features)}))
GROUP BY 1, 2
ORDER BY 1, 2"""


def innovations(features: Sequence[str]) -> str:
    """item, season, month, correlation, row_count: of a feature's change since the player's row
    before, with the points beyond the mean of his games before.

    One row per feature and month, and one per feature and season, whose month is NULL.
    """
    return f"""WITH {_LABELS},
changed AS (
  SELECT as_of, season, player_id, {_changes(features, "season, player_id")}
  FROM judged
),
surprises AS (
  SELECT changed.season, changed.as_of, labels.surprise, {_of("changed", features)}
  FROM changed
  INNER JOIN labels
    ON changed.as_of = labels.game_date AND changed.player_id = labels.player_id
  WHERE labels.surprise IS NOT NULL
),
{_innovations(features)}"""


def team_innovations(features: Sequence[str]) -> str:
    """As `innovations`, of team aggregates: a feature's mean over the team's players, and the
    team's points; a leak of a team's figures hardly shows in one player's points."""
    means = ", ".join(f"AVG(judged.{name}) AS {name}" for name in features)
    return f"""WITH {_TEAMS},
teams AS (
  SELECT judged.as_of, judged.season, expected.team, {means}
  FROM judged
  INNER JOIN upcoming_player_game_context AS expected
    ON judged.as_of = expected.game_date AND judged.player_id = expected.player_id
  WHERE expected.game_date BETWEEN @first AND @last
  GROUP BY 1, 2, 3
),
changed AS (
  SELECT as_of, season, team, {_changes(features, "season, team")}
  FROM teams
),
surprises AS (
  SELECT changed.season, changed.as_of, team_results.surprise, {_of("changed", features)}
  FROM changed
  INNER JOIN team_results
    ON changed.as_of = team_results.game_date AND changed.team = team_results.team
  WHERE team_results.surprise IS NOT NULL
),
{_innovations(features)}"""


def profiles(features: Sequence[str]) -> str:
    """item, season, as_of, known, lowest, highest: of each feature on each date, labelled rows."""
    return f"""WITH {_LABELS},
{_labelled(features)}
SELECT
  feature AS item,
  season,
  as_of,
  COUNT(*) AS known,
  MIN(value) AS lowest,
  MAX(value) AS highest
FROM labelled UNPIVOT(value FOR feature IN ({_list(features)}))
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3"""


def variations(features: Sequence[str]) -> str:
    """item, season, players, varying, distinct_values: how many players with enough rows see a
    feature change within the season, and how many values their lowest ones have."""
    return f"""WITH per_player AS (
  SELECT
    feature,
    season,
    player_id,
    COUNT(*) AS row_count,
    MIN(value) AS lowest,
    MAX(value) AS highest
  FROM (SELECT season, player_id, {_list(features)} FROM judged)
  UNPIVOT(value FOR feature IN ({_list(features)}))
  GROUP BY 1, 2, 3
)
SELECT
  feature AS item,
  season,
  COUNT(*) AS players,
  COUNTIF(highest > lowest) AS varying,
  COUNT(DISTINCT lowest) AS distinct_values
FROM per_player
WHERE row_count >= {FEWEST_ROWS_OF_A_PLAYER}
GROUP BY 1, 2
ORDER BY 1, 2"""


def distributions(features: Sequence[str]) -> str:
    """item, season, is_reference, bin, row_count: a season's rows, and those of the season before,
    by the deviations of the season before."""
    deviations = "(feature_values.value - reference.mean) / reference.spread"
    below, above = -MOST_DEVIATIONS, MOST_DEVIATIONS - 0.001
    bounded = f"LEAST({above}, GREATEST({below}, {deviations}))"
    return f"""WITH feature_values AS (
  SELECT feature, season, value
  FROM (SELECT season, {_list(features)} FROM judged)
  UNPIVOT(value FOR feature IN ({_list(features)}))
),
reference AS (
  SELECT
    feature,
    season + 1 AS season,
    AVG(value) AS mean,
    STDDEV_POP(value) AS spread
  FROM feature_values
  GROUP BY feature, feature_values.season
  HAVING STDDEV_POP(value) > 1e-9
)
SELECT
  reference.feature AS item,
  reference.season,
  feature_values.season < reference.season AS is_reference,
  CAST(FLOOR({BINS_PER_DEVIATION} * {bounded}) AS INT64) AS bin,
  COUNT(*) AS row_count
FROM reference
INNER JOIN feature_values
  ON reference.feature = feature_values.feature
  AND feature_values.season IN (reference.season, reference.season - 1)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4"""


def _innovations(features: Sequence[str]) -> str:
    """The correlations of a relation `surprises`, by month and by season."""
    return f"""long AS (
  SELECT feature, season, FORMAT_DATE('%Y-%m', as_of) AS month, change, surprise
  FROM surprises UNPIVOT(change FOR feature IN ({_list(features)}))
)
SELECT
  feature AS item, season, month, CORR(change, surprise) AS correlation, COUNT(*) AS row_count
FROM long
GROUP BY feature, season, month
UNION ALL
SELECT
  feature AS item,
  season,
  CAST(NULL AS STRING) AS month,
  CORR(change, surprise) AS correlation,
  COUNT(*) AS row_count
FROM long
GROUP BY feature, season"""


def _labelled(features: Sequence[str]) -> str:
    return f"""labelled AS (
  SELECT judged.as_of, judged.season, labels.pts, {_of("judged", features)}
  FROM judged
  INNER JOIN labels
    ON judged.as_of = labels.game_date AND judged.player_id = labels.player_id
)"""


def _changes(features: Sequence[str], whose: str) -> str:
    window = f"OVER (PARTITION BY {whose} ORDER BY as_of)"
    changes = [f"{name} - LAG({name}) {window} AS {name}" for name in features]
    return ",\n    ".join(changes)


def _of(relation: str, features: Sequence[str]) -> str:
    return ", ".join(f"{relation}.{name}" for name in features)


def _list(features: Sequence[str]) -> str:
    return ", ".join(features)
