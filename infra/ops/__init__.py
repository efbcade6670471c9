"""The commands of operators (`python -m infra.ops …`) and the steps of cloudbuild.yaml."""
