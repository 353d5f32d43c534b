"""Pure thinking: no framework, no database, no Slack."""
