"""What operators and releases run: `python -m infra.ops …`, and the steps of cloudbuild.yaml."""
