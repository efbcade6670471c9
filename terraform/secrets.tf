# Terraform makes the secrets and says who reads them; their values never pass through it, so they are in no state and no plan.
locals {
  # The one table of who reads what. build: the smoke test performs the handshake and signs a message. worker: so does the synthetic sender.
  _secret_readers = merge(
    {
      whatsapp-access-token = ["ops", "webhook", "worker"]
      whatsapp-app-secret   = ["build", "ops", "webhook", "worker"]
      whatsapp-verify-token = ["build", "ops", "webhook"]
    },
    var.gemini.mode == "key" ? { gemini-api-key = ["ops", "worker"] } : {},
    var.sunat.ruc == "" ? {} : { sunat-client-secret = ["ops", "worker"] },
  )

  # What each function mounts as environment: name => secret and version.
  _secret_env = {
    webhook = merge(
      {
        WHATSAPP_ACCESS_TOKEN = { secret = google_secret_manager_secret.secret["whatsapp-access-token"].secret_id, version = var.secret_versions.access_token }
        WHATSAPP_APP_SECRET   = { secret = google_secret_manager_secret.secret["whatsapp-app-secret"].secret_id, version = var.secret_versions.app_secret }
        WHATSAPP_VERIFY_TOKEN = { secret = google_secret_manager_secret.secret["whatsapp-verify-token"].secret_id, version = var.secret_versions.verify_token }
      },
      var.secret_versions.app_secret_previous == null ? {} : {
        WHATSAPP_APP_SECRET_PREVIOUS = { secret = google_secret_manager_secret.secret["whatsapp-app-secret"].secret_id, version = var.secret_versions.app_secret_previous }
      },
    )
    worker = merge(
      {
        WHATSAPP_ACCESS_TOKEN = { secret = google_secret_manager_secret.secret["whatsapp-access-token"].secret_id, version = var.secret_versions.access_token }
        WHATSAPP_APP_SECRET   = { secret = google_secret_manager_secret.secret["whatsapp-app-secret"].secret_id, version = var.secret_versions.app_secret }
      },
      var.gemini.mode != "key" ? {} : {
        GEMINI_API_KEY = { secret = google_secret_manager_secret.secret["gemini-api-key"].secret_id, version = var.secret_versions.gemini_api_key }
      },
      var.sunat.ruc == "" ? {} : {
        SUNAT_CLIENT_SECRET = { secret = google_secret_manager_secret.secret["sunat-client-secret"].secret_id, version = var.secret_versions.sunat_client_secret }
      },
    )
  }
}

resource "google_secret_manager_secret" "secret" {
  for_each = local._secret_readers

  secret_id = "${var.name}-${each.key}"
  project   = var.project_id

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  # A version destroyed by mistake can be brought back for a week.
  version_destroy_ttl = "604800s"

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = {
    for pair in flatten([for secret, readers in local._secret_readers : [for who in readers : { secret = secret, who = who }]]) :
    "${pair.secret} ${pair.who}" => pair
  }

  secret_id = google_secret_manager_secret.secret[each.value.secret].secret_id
  project   = var.project_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.account[each.value.who].member
}
