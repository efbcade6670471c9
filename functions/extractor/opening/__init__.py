"""Opens strangers' bytes, confined: a disposable child opens a file and returns text, pixels and symbols."""
