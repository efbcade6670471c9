# Who looked at what. Reads and logins are in no audit log unless they are asked for; what the functions do all day is left out, their own lines
# tell it. The build's reads stay in: it is an identity too.
locals {
  _audited = {
    "cloudsql.googleapis.com"      = { kinds = ["DATA_READ", "DATA_WRITE"], except = ["worker"] }            # logins to the database
    "datastore.googleapis.com"     = { kinds = ["DATA_READ", "DATA_WRITE"], except = ["webhook", "worker"] } # the inbox
    "iam.googleapis.com"           = { kinds = ["ADMIN_READ", "DATA_READ"], except = [] }                    # who acted as which account
    "secretmanager.googleapis.com" = { kinds = ["DATA_READ"], except = [] }                                  # once an instance, at its start
    "storage.googleapis.com"       = { kinds = ["DATA_READ", "DATA_WRITE"], except = ["webhook", "worker"] } # the originals
  }

  # Days that a line, of the functions or of the audit, is kept: purge's receipt counts on it.
  _log_days = 30
}

resource "google_project_iam_audit_config" "data" {
  for_each = local._audited

  project = var.project_id
  service = each.key

  dynamic "audit_log_config" {
    for_each = each.value.kinds
    content {
      log_type         = audit_log_config.value
      exempted_members = [for who in each.value.except : google_service_account.account[who].member]
    }
  }
}

resource "google_logging_project_bucket_config" "default" {
  project        = var.project_id
  location       = "global"
  bucket_id      = "_Default"
  retention_days = local._log_days

  depends_on = [google_project_service.api]
}
