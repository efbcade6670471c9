# Who there is, and the least each can do. docs/deploy.md has the same as a table with the reasons.
locals {
  _accounts = {
    build     = "Cloud Build: tests, applies this configuration, ships"
    migrate   = "Owns the database's schema; only a build acts as it"
    ops       = "What operators act as: python -m infra.ops"
    package   = "Builds the functions' containers from their source"
    scheduler = "Calls the worker once a minute"
    tasks     = "The identity that the queue calls the worker with"
    webhook   = "The webhook function"
    worker    = "The worker function"
  }

  _sql_roles = ["roles/cloudsql.client", "roles/cloudsql.instanceUser"]

  # Roles that exist only on the project. What can be granted on one bucket, queue, secret or account is granted there.
  _project_roles = {
    build = concat(
      [
        "roles/cloudbuild.builds.editor",
        "roles/cloudfunctions.admin",
        "roles/cloudscheduler.admin",
        "roles/cloudsql.admin",
        "roles/cloudtasks.queueAdmin",
        "roles/datastore.owner",
        "roles/iam.roleAdmin",
        "roles/iam.serviceAccountAdmin",
        "roles/logging.configWriter",
        "roles/logging.logWriter",
        "roles/monitoring.editor",
        "roles/resourcemanager.projectIamAdmin",
        "roles/run.admin",
        "roles/serviceusage.serviceUsageAdmin",
        "roles/storage.admin",
      ],
      var.network == null ? [] : ["roles/cloudbuild.workerPoolUser", "roles/compute.networkAdmin"],
    )
    migrate = local._sql_roles
    ops = concat(
      local._sql_roles,
      [
        "roles/cloudscheduler.jobRunner",
        "roles/cloudscheduler.viewer",
        "roles/cloudtasks.viewer",
        "roles/datastore.user",
        "roles/logging.viewer",
        "roles/monitoring.viewer",
        "roles/run.viewer",
      ],
      local._gemini_roles,
    )
    package   = ["roles/artifactregistry.writer", "roles/logging.logWriter"]
    scheduler = []
    tasks     = []
    webhook   = ["roles/datastore.user"]
    worker    = concat(local._sql_roles, ["roles/datastore.user"], local._gemini_roles)
  }
  _gemini_roles = var.gemini.mode == "platform" ? ["roles/aiplatform.user"] : []

  # Who may act as whom: "actor target" => role on the target.
  _act_as = merge(
    {
      # a task or a job names the account it is sent as, a function the account it runs as
      "build package"   = "roles/iam.serviceAccountUser"
      "build scheduler" = "roles/iam.serviceAccountUser"
      "build tasks"     = "roles/iam.serviceAccountUser"
      "build webhook"   = "roles/iam.serviceAccountUser"
      "build worker"    = "roles/iam.serviceAccountUser"
      "ops tasks"       = "roles/iam.serviceAccountUser"
      "webhook tasks"   = "roles/iam.serviceAccountUser"
      "worker tasks"    = "roles/iam.serviceAccountUser"
      # the migration step borrows the owner's identity for as long as it runs
      "build migrate" = "roles/iam.serviceAccountTokenCreator"
    },
    var.repository == null ? {} : { "build build" = "roles/iam.serviceAccountUser" },
  )
}

resource "google_service_account" "account" {
  for_each = local._accounts

  account_id   = "${var.name}-${each.key}"
  display_name = each.value
  project      = var.project_id

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "account" {
  for_each = merge([for who, roles in local._project_roles : { for role in roles : "${who} ${role}" => { who = who, role = role } }]...)

  project = var.project_id
  role    = each.value.role
  member  = google_service_account.account[each.value.who].member
}

# The build keeps the secrets' frames and readers but is given no value to read beyond the table in secrets.tf.
resource "google_project_iam_custom_role" "secret_keeper" {
  role_id     = replace("${var.name}_secret_keeper", "-", "_")
  project     = var.project_id
  title       = "Secret keeper"
  description = "Makes secrets and says who reads them, without reading any."
  permissions = [
    "secretmanager.secrets.create",
    "secretmanager.secrets.delete",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.list",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.secrets.update",
    "secretmanager.versions.get",
    "secretmanager.versions.list",
  ]

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "secret_keeper" {
  project = var.project_id
  role    = google_project_iam_custom_role.secret_keeper.id
  member  = google_service_account.account["build"].member
}

resource "google_service_account_iam_member" "act_as" {
  for_each = local._act_as

  service_account_id = google_service_account.account[split(" ", each.key)[1]].name
  role               = each.value
  member             = google_service_account.account[split(" ", each.key)[0]].member
}
