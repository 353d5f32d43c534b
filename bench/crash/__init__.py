"""Kill -9 at random moments: what people were told is held against the database and against what stands in Slack."""
