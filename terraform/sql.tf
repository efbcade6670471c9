locals {
  _sql_flags = {
    "cloudsql.iam_authentication" = "on"
    "max_connections"             = tostring(var.database.max_connections)
    # A connection that died inside a transaction must not hold a lease's row for ever.
    "idle_in_transaction_session_timeout" = "60000"
    "log_checkpoints"                     = "on"
    "log_connections"                     = "on"
    "log_disconnections"                  = "on"
    "log_lock_waits"                      = "on"
    "log_temp_files"                      = "0"
    # Nothing of a document or a phone in the database's log: the row that violates a constraint is a line's DETAIL, and so are a slow statement's
    # values. Terse leaves DETAIL out, and durations are left to Query Insights, which keeps statements without values.
    "log_error_verbosity"        = "terse"
    "log_min_duration_statement" = "-1"
  }

  # Who may log in to the database, each by its own identity and without a password.
  _sql_accounts = toset(["migrate", "ops", "worker"])
}

resource "google_sql_database_instance" "main" {
  #checkov:skip=CKV_GCP_60:A public address without authorised networks, for the connector only; var.network makes it private
  #checkov:skip=CKV_GCP_79:The version is a variable, moved on purpose and after a test, not because a newer one came out
  name                = "${var.name}-db"
  project             = var.project_id
  region              = var.region
  database_version    = var.database.version
  deletion_protection = var.database.deletion_protection

  settings {
    tier                        = var.database.tier
    edition                     = var.database.edition
    availability_type           = var.database.availability
    disk_type                   = "PD_SSD"
    disk_size                   = var.database.disk_gb
    disk_autoresize             = true
    disk_autoresize_limit       = var.database.disk_limit_gb
    connector_enforcement       = "REQUIRED"
    deletion_protection_enabled = var.database.deletion_protection
    retain_backups_on_delete    = true

    ip_configuration {
      # No authorised network at all: a public address answers only to the connector's certificate and an IAM identity.
      ipv4_enabled    = var.network == null
      private_network = var.network == null ? null : var.network.network
      ssl_mode        = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "08:00" # 03:00 in Lima
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = var.database.log_days

      backup_retention_settings {
        retained_backups = var.database.backups
        retention_unit   = "COUNT"
      }
    }

    maintenance_window {
      day          = 7
      hour         = 9 # Sunday, 04:00 in Lima
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled  = true
      query_string_length     = 1024
      record_application_tags = false
      record_client_address   = false
    }

    dynamic "database_flags" {
      for_each = local._sql_flags
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }

  depends_on = [
    google_project_service.api,
    google_service_networking_connection.sql,
  ]
}

resource "google_sql_database" "main" {
  name     = var.name
  project  = var.project_id
  instance = google_sql_database_instance.main.name

  # Postgres drops no database that the runtime's connections are open on; it goes with its instance.
  deletion_policy = "ABANDON"
}

resource "google_sql_user" "account" {
  for_each = local._sql_accounts

  name     = trimsuffix(google_service_account.account[each.key].email, ".gserviceaccount.com")
  project  = var.project_id
  instance = google_sql_database_instance.main.name
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"

  # The migration makes the roles and hands them out; everyone else holds only what it hands out.
  database_roles = each.key == "migrate" ? ["cloudsqlsuperuser"] : null

  # Nor a role that owns objects or was granted others; it goes with its instance.
  deletion_policy = "ABANDON"
}

# Private networking: an address range of the VPC, peered with Google's.
resource "google_compute_global_address" "sql" {
  count = var.network == null ? 0 : 1

  name          = "${var.name}-sql"
  project       = var.project_id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
  network       = var.network.network

  depends_on = [google_project_service.api]
}

resource "google_service_networking_connection" "sql" {
  count = var.network == null ? 0 : 1

  network                 = var.network.network
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.sql[0].name]

  # Google keeps a deleted instance's end of the peering for days and refuses to take it down before.
  deletion_policy = "ABANDON"
}
