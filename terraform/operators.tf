# What operators need to know of the deployment, where they can read it: who is no owner sees neither Terraform's state nor its outputs.
locals {
  _environment = merge(local._env.worker, {
    CUADRA_BACKUP_DAYS         = tostring(var.database.backups)
    CUADRA_INBOX_BACKUP_DAYS   = tostring(var.firestore.backup_days)
    CUADRA_LOG_DAYS            = tostring(google_logging_project_bucket_config.default.retention_days)
    CUADRA_MIGRATE_ACCOUNT     = google_service_account.account["migrate"].email
    CUADRA_OPS_ACCOUNT         = google_service_account.account["ops"].email
    CUADRA_SCHEDULER_JOB       = try(google_cloud_scheduler_job.sweep[0].id, "")
    CUADRA_SECRET_ACCESS_TOKEN = "${google_secret_manager_secret.secret["whatsapp-access-token"].id}/versions/${var.secret_versions.access_token}"
    CUADRA_SECRET_APP_SECRET   = "${google_secret_manager_secret.secret["whatsapp-app-secret"].id}/versions/${var.secret_versions.app_secret}"
    CUADRA_SECRET_GEMINI_KEY   = try("${google_secret_manager_secret.secret["gemini-api-key"].id}/versions/${var.secret_versions.gemini_api_key}", "")
    CUADRA_SECRET_SUNAT_SECRET = try("${google_secret_manager_secret.secret["sunat-client-secret"].id}/versions/${var.secret_versions.sunat_client_secret}", "")
    CUADRA_SECRET_VERIFY_TOKEN = "${google_secret_manager_secret.secret["whatsapp-verify-token"].id}/versions/${var.secret_versions.verify_token}"
    CUADRA_SOFT_DELETE_DAYS    = tostring(var.media.soft_delete_days)
    CUADRA_WEBHOOK_URL         = try("${google_cloudfunctions2_function.webhook[0].service_config[0].uri}/webhook/whatsapp", "")
  })

  _environment_object = "operators/environment.json"
}

resource "google_storage_bucket_object" "environment" {
  bucket       = google_storage_bucket.source.name
  name         = local._environment_object
  content      = jsonencode(local._environment)
  content_type = "application/json"
}

# With their own login, before anything is done as the operator account.
resource "google_storage_bucket_iam_member" "environment" {
  for_each = toset(var.operators)

  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = each.key

  condition {
    title      = "the deployment's environment only"
    expression = "resource.name == \"projects/_/buckets/${google_storage_bucket.source.name}/objects/${local._environment_object}\""
  }
}

# They act as the operator account, so that the audit log (audit.tf) names the person and no person holds its rights.
resource "google_service_account_iam_member" "operator" {
  for_each = toset(var.operators)

  service_account_id = google_service_account.account["ops"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.key
}
