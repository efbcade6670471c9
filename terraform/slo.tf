# What is promised over four weeks, what is told when the promise is being broken, and who asks every ten minutes whether it is kept.
locals {
  # Counted in windows of five minutes, since on a quiet day one slow webhook in ten would be a tenth of everything.
  _promises = {
    documents = {
      title  = "Documents are answered within ${local._answered_s} seconds"
      budget = "Documents within ${local._answered_s} s: budget left"
      goal   = 0.95
      slow   = "Compare extract_ms, gemini_ms and release_ms in the request lines: more workers, Gemini's quota or an outage, or Graph's pace for one user. Tasks that wait: the queue's depth. python -m infra.ops status names what is stuck."
    }
    webhook = {
      title  = "Webhooks are acknowledged within a second"
      budget = "Webhooks within 1 s: budget left"
      goal   = 0.99
      slow   = "Cold starts: raise webhook.min_instances. Slow media: lower MEDIA_BUDGET_MS (the worker fetches what the webhook could not). 5xx: the request line names what was unwell. After a release: docs/deploy.md, Rolling back by hand."
    }
  }
  _answered_s = 60

  # How fast a budget burns: 1 uses up exactly all of it in four weeks. Both windows must say so, the short one so that an alert ends soon after.
  _burns = {
    fast = { severity = "CRITICAL", rate = 14, windows = ["3600s", "900s"], told = "an hour of it costs a fiftieth of four weeks" }
    slow = { severity = "WARNING", rate = 2, windows = ["86400s", "7200s"], told = "the budget will not last four weeks" }
  }
  _burn_alerts = { for pair in setproduct(keys(local._promises), keys(local._burns)) : join("-", pair) => {
    promise = pair[0]
    burn    = local._burns[pair[1]]
  } if local._deployed }

  _synthetic_minutes = 10
}

resource "google_monitoring_custom_service" "part" {
  for_each = { for name, promise in local._promises : name => promise if local._deployed }

  project      = var.project_id
  service_id   = "${var.name}-${each.key}"
  display_name = "${var.name}: ${each.key}"

  depends_on = [google_project_service.api]
}

resource "google_monitoring_slo" "promise" {
  for_each = { for name, promise in local._promises : name => promise if local._deployed }

  project             = var.project_id
  service             = google_monitoring_custom_service.part[each.key].service_id
  slo_id              = "${var.name}-${each.key}"
  display_name        = each.value.title
  goal                = each.value.goal
  rolling_period_days = 28

  windows_based_sli {
    window_period = "300s"

    good_total_ratio_threshold {
      threshold = each.value.goal

      performance {
        dynamic "distribution_cut" {
          for_each = each.key == "documents" ? [local._answered_s * 1000] : []
          content {
            distribution_filter = local._metric.answer_ms
            range {
              max = distribution_cut.value
            }
          }
        }
        dynamic "good_total_ratio" {
          for_each = each.key == "webhook" ? [local._metric] : []
          content {
            good_service_filter  = good_total_ratio.value.acknowledged
            total_service_filter = good_total_ratio.value.pushes
          }
        }
      }
    }
  }
}

resource "google_monitoring_alert_policy" "burn" {
  for_each = local._burn_alerts

  display_name          = "${var.name}: ${local._promises[each.value.promise].title}: ${each.value.burn.told}"
  project               = var.project_id
  combiner              = "AND"
  severity              = each.value.burn.severity
  notification_channels = each.value.burn.severity == "CRITICAL" ? local._channels : local._tickets

  dynamic "conditions" {
    for_each = each.value.burn.windows
    content {
      display_name = "${each.value.burn.rate} times too fast over ${conditions.value}"

      condition_threshold {
        filter          = "select_slo_burn_rate(\"${google_monitoring_slo.promise[each.value.promise].id}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = each.value.burn.rate
        duration        = "0s"

        aggregations {
          alignment_period   = "300s"
          per_series_aligner = "ALIGN_NEXT_OLDER"
        }
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    content   = "${local._promises[each.value.promise].title}, in ${local._promises[each.value.promise].goal * 100} of a hundred windows of five minutes. ${local._promises[each.value.promise].slow}"
    mime_type = "text/markdown"
  }
}

# A document of nobody's, through the signed webhook to a released answer (functions/whatsapp/synthetic.py). The next turn is the retry.
resource "google_cloud_scheduler_job" "synthetic" {
  count = local._deployed ? 1 : 0

  name             = "${var.name}-synthetic"
  description      = "The synthetic sender's turn"
  region           = var.region
  project          = var.project_id
  schedule         = "*/${local._synthetic_minutes} * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local._budget.dispatch_deadline_s}s"

  retry_config {
    retry_count = 0
  }

  http_target {
    uri         = local._worker_url
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ kind = "synthetic" }))

    oidc_token {
      service_account_email = google_service_account.account["scheduler"].email
      audience              = local._worker_url
    }
  }

  lifecycle {
    precondition {
      condition     = tonumber(lookup(local._settings.webhook, "DAILY_CAP", "300")) > 24 * 60 / local._synthetic_minutes
      error_message = "DAILY_CAP must be more than ${24 * 60 / local._synthetic_minutes}: the synthetic sender sends so many files a day, and is held to it as everybody is."
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_binding.worker_invokers]
}

resource "google_monitoring_alert_policy" "no_synthetic" {
  count = local._deployed ? 1 : 0

  display_name          = "${var.name}: The synthetic sender has had no right answer for half an hour"
  project               = var.project_id
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local._channels

  conditions {
    display_name = "No released answer"

    # No line and no zero alike, as for the sweep (alerts.tf).
    condition_threshold {
      filter                  = local._metric.synthetic
      comparison              = "COMPARISON_LT"
      threshold_value         = 1
      duration                = "900s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"

      aggregations {
        alignment_period     = "900s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    content   = "Nobody else may be answered either. Follow its lines (jsonPayload.synthetic=true): the worker's synthetic_sent or webhook's refusal, the webhook's request, the worker's message with its outcome. Cloud Scheduler > ${var.name}-synthetic says what the worker answered. Then: python -m infra.ops doctor; right after a release: docs/deploy.md, Rolling back by hand."
    mime_type = "text/markdown"
  }
}
