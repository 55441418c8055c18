"""The deployment checklist: ten points that stand between a measurement and production, each with what it rests on."""
