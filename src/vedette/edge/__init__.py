"""What every HTTP route shares: problem documents, bodies with limits, time-range parameters."""
