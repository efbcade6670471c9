# What the functions are built from, one object a content: source/<sha256>.zip. Old ones stay, so that a rollback finds them.
resource "google_storage_bucket" "source" {
  #checkov:skip=CKV_GCP_62:Cloud Audit Logs tell who reads and writes; access logs to another bucket are their older kind
  name     = "${var.project_id}-${var.name}-source"
  project  = var.project_id
  location = var.region

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "source" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.account["package"].member
}

# The platform copies the source into buckets of its own before it builds; of all buckets only those, not the originals'.
resource "google_project_iam_member" "package_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.account["package"].member

  condition {
    title      = "function sources only"
    expression = join(" || ", [for bucket in ["gcf-v2-sources-${data.google_project.this.number}-", "gcf-v2-uploads-${data.google_project.this.number}", "run-sources-${var.project_id}-"] : "resource.name.startsWith(\"projects/_/buckets/${bucket}\")"])
  }
}

# One push ships a change.
resource "google_cloudbuild_trigger" "push" {
  count = var.repository == null ? 0 : 1

  name            = "${var.name}-push"
  description     = "Test, package, migrate, apply, smoke; roll back when the last two fail"
  project         = var.project_id
  location        = var.region
  filename        = "cloudbuild.yaml"
  service_account = google_service_account.account["build"].id

  repository_event_config {
    repository = var.repository
    push {
      branch = "^main$"
    }
  }

  substitutions = local._substitutions

  depends_on = [google_project_service.api]
}

locals {
  # What cloudbuild.yaml must be told; a build by hand passes the same (output build_command).
  _substitutions = merge(
    {
      _NAME   = var.name
      _REGION = var.region
    },
    var.network == null ? {} : { _WORKER_POOL = var.network.worker_pool },
  )
}
