locals {
  _apis = toset(concat(
    [
      "artifactregistry",
      "cloudbuild",
      "cloudfunctions",
      "cloudresourcemanager",
      "cloudscheduler",
      "cloudtasks",
      "firestore",
      "iam",
      "iamcredentials",
      "logging",
      "monitoring",
      "run",
      "secretmanager",
      "serviceusage",
      "sqladmin",
      "storage",
    ],
    var.gemini.mode == "platform" ? ["aiplatform"] : [],
    var.network != null ? ["compute", "servicenetworking"] : [],
  ))
}

resource "google_project_service" "api" {
  for_each = local._apis

  project = var.project_id
  service = "${each.key}.googleapis.com"

  # Taking the stack down must not switch off what else lives in the project.
  disable_on_destroy = false
}
