# Once a minute the worker looks for what was admitted but not enqueued, begun but not ended, ready but not sent.
resource "google_cloud_scheduler_job" "sweep" {
  count = local._deployed ? 1 : 0

  name             = "${var.name}-sweep"
  description      = "The worker's sweep"
  region           = var.region
  project          = var.project_id
  schedule         = "* * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local._budget.dispatch_deadline_s}s"

  # The next minute is the retry.
  retry_config {
    retry_count = 0
  }

  http_target {
    uri         = local._worker_url
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ kind = "sweep" }))

    oidc_token {
      service_account_email = google_service_account.account["scheduler"].email
      audience              = local._worker_url
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_binding.worker_invokers]
}

# SUNAT publishes the exchange rate of a day on that day alone; a turn that finds it kept already changes nothing.
resource "google_cloud_scheduler_job" "rates" {
  count = local._deployed ? 1 : 0

  name             = "${var.name}-rates"
  description      = "SUNAT's exchange rate of the day"
  region           = var.region
  project          = var.project_id
  schedule         = "20 7,13,21 * * *"
  time_zone        = "America/Lima"
  attempt_deadline = "${local._budget.dispatch_deadline_s}s"

  # SUNAT's page is down at times, and the next turn is hours away.
  retry_config {
    retry_count          = 5
    min_backoff_duration = "60s"
  }

  http_target {
    uri         = local._worker_url
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ kind = "rates" }))

    oidc_token {
      service_account_email = google_service_account.account["scheduler"].email
      audience              = local._worker_url
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_binding.worker_invokers]
}
