resource "google_firestore_database" "inbox" {
  name        = var.firestore.database
  project     = var.project_id
  location_id = coalesce(var.firestore.location, var.region)
  type        = "FIRESTORE_NATIVE"

  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  # `terraform destroy` forgets the database and leaves it standing.
  deletion_policy = "ABANDON"

  depends_on = [google_project_service.api]
}

# Recovery to a minute reaches seven days back; what was lost unseen for longer is in a day's backup.
resource "google_firestore_backup_schedule" "daily" {
  project   = var.project_id
  database  = google_firestore_database.inbox.name
  retention = "${var.firestore.backup_days * 24 * 3600}s"

  daily_recurrence {}
}

# Messages and receipts end by themselves nine days on, an invitation nine days after its last one. Never queried by that field, and an index on a value that only
# grows gathers every write at one end: it has none.
resource "google_firestore_field" "expiry" {
  for_each = toset(["messages", "receipts", "invites"])

  database   = google_firestore_database.inbox.name
  project    = var.project_id
  collection = each.key
  field      = "expires_at"

  ttl_config {}
  index_config {}
}

# The message itself is only ever read whole. The queries there are (pending_since, received_at, tenant_id, user_id)
# live on Firestore's automatic single-field indexes.
resource "google_firestore_field" "message" {
  database   = google_firestore_database.inbox.name
  project    = var.project_id
  collection = "messages"
  field      = "message"

  index_config {}
}

# Whose people a business has, and whose businesses a person, is read whole: each is a map with an entry a person or business.
resource "google_firestore_field" "seats" {
  for_each = { businesses = "members", senders = "seats" }

  database   = google_firestore_database.inbox.name
  project    = var.project_id
  collection = each.key
  field      = each.value

  index_config {}
}

# What Meta told of a send is only ever read by the send's id, and each status holds its time, which only grows too.
resource "google_firestore_field" "receipt" {
  for_each = toset(["sent", "delivered", "failed"])

  database   = google_firestore_database.inbox.name
  project    = var.project_id
  collection = "receipts"
  field      = each.key

  index_config {}
}
