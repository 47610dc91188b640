"""Findings become alerts, one an episode, and alerts become incidents: `triage.Triage`."""
