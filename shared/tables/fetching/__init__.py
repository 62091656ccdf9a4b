"""Downloads the current public releases from their authorities' own sites. `sources.yaml` says from where."""
