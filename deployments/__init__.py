"""What a Prefect server, or Prefect Cloud, is told of fullcourt:
pools, limit, block, automations, reruns."""
