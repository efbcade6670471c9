# The original files, written once by the functions and never changed by them. The webhook may create and read, not replace or delete; the worker may
# delete, since an owner has his data erased by chat.
resource "google_storage_bucket" "media" {
  #checkov:skip=CKV_GCP_62:Cloud Audit Logs tell who reads and writes; access logs to another bucket are their older kind
  #checkov:skip=CKV_GCP_78:Originals are written once; soft delete brings one back, and versions would outlive a purge
  name     = "${var.project_id}-${var.name}-media"
  project  = var.project_id
  location = var.region

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  soft_delete_policy {
    retention_duration_seconds = var.media.soft_delete_days * 24 * 3600
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
    condition {
      age                   = var.media.nearline_days
      matches_storage_class = ["STANDARD"]
    }
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "COLDLINE"
    }
    condition {
      age                   = var.media.coldline_days
      matches_storage_class = ["NEARLINE"]
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.media.delete_days == null ? [] : [var.media.delete_days]
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "media" {
  for_each = {
    "ops user"        = "roles/storage.objectUser"
    "webhook creator" = "roles/storage.objectCreator"
    "webhook viewer"  = "roles/storage.objectViewer"
    "worker user"     = "roles/storage.objectUser"
  }

  bucket = google_storage_bucket.media.name
  role   = each.value
  member = google_service_account.account[split(" ", each.key)[0]].member
}
