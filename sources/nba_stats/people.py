"""Players of several files: what one file leaves empty, another fills."""

from __future__ import annotations

from sources.nba_stats.intake import Intake


def merge(intake: Intake, table: str) -> None:
    """Make the rows of one player agree: the last position and name, the birth date if there is
    one; different birth dates stay, and are refused later."""
    intake.execute(
        f"""
        CREATE OR REPLACE TABLE people AS
        SELECT player_id, max_by(player_name, (file, "row")) AS player_name,
          max_by(position, (file, "row")) FILTER (position IS NOT NULL) AS position,
          IF(count(DISTINCT birth_date) = 1, min(birth_date), NULL) AS birth_date,
          count(DISTINCT file) > 1 AS is_of_several
        FROM {table}_rows GROUP BY player_id HAVING count(*) > 1
        """
    )
    intake.execute(
        f"""
        UPDATE {table}_rows AS r SET position = people.position,
          birth_date = coalesce(r.birth_date, people.birth_date),
          player_name = IF(people.is_of_several, people.player_name, r.player_name)
        FROM people WHERE r.player_id = people.player_id
        """
    )
