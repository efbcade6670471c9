# What a person must act on, and what a person looks at. Every log field and event named here is one that the code writes:
# tests/deploy compares them with functions/ and main.py.
locals {
  _line = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^(${local._function.webhook}|${local._function.worker})$\""

  # name => filter on the line, labels by field, and the field whose value is kept (none: lines are counted)
  _metrics = {
    events = {
      description = "What went wrong, by event and code: every line from WARNING up but the one line of a request and what the uptime check provokes"
      filter      = "severity>=WARNING AND jsonPayload.message:* AND NOT jsonPayload.message=(\"request\" OR \"bad_verify_token\")"
      labels      = { event = "jsonPayload.message", code = "jsonPayload.code", severity = "severity" }
      value       = null
      unit        = "1"
    }
    requests = {
      description = "Requests and tasks, by what they came to"
      filter      = "jsonPayload.message=\"request\""
      labels      = { outcome = "jsonPayload.outcome", task = "jsonPayload.task" }
      value       = null
      unit        = "1"
    }
    documents = {
      description = "Documents that got their answer, by engine and outcome (a verdict, or the code of a failure)"
      filter      = "jsonPayload.message=\"request\" AND jsonPayload.document:* AND jsonPayload.finish_ms:* AND jsonPayload.outcome!=\"lease_lost\""
      labels      = { engine = "jsonPayload.engine", outcome = "jsonPayload.outcome" }
      value       = null
      unit        = "1"
    }
    answers = {
      description = "Answers that left, an observation a release"
      filter      = "jsonPayload.message=\"request\" AND jsonPayload.released>0"
      labels      = {}
      value       = "released"
      unit        = "1"
    }
    answer_ms = {
      description = "Milliseconds from a document's admission to its answer"
      filter      = "jsonPayload.message=\"request\" AND jsonPayload.document:* AND jsonPayload.finish_ms:*"
      labels      = {}
      value       = "age_ms"
      unit        = "ms"
    }
    cost_usd = {
      description = "US dollars of model use, an observation a document"
      filter      = "jsonPayload.message=\"request\" AND jsonPayload.cost_usd>0"
      labels      = { model = "jsonPayload.model" }
      value       = "cost_usd"
      unit        = "USD"
    }
  }
  _metric = { for name, metric in google_logging_metric.metric : name => "metric.type=\"logging.googleapis.com/user/${metric.name}\" AND resource.type=\"cloud_run_revision\"" }

  # PromQL spells logging.googleapis.com/user/NAME so.
  _prom = { for name, metric in google_logging_metric.metric : name => "logging_googleapis_com:user_${replace(metric.name, "/[^a-zA-Z0-9]/", "_")}" }

  _queue_depth = "metric.type=\"cloudtasks.googleapis.com/queue/depth\" AND resource.type=\"cloud_tasks_queue\" AND resource.labels.queue_id=\"${google_cloud_tasks_queue.tasks.name}\""
  _run         = { for part, name in local._function : part => "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${name}\"" }
  _sql         = "resource.type=\"cloudsql_database\" AND resource.labels.database_id=\"${var.project_id}:${google_sql_database_instance.main.name}\""

  # Alerts on events at a level (ERROR unless it says otherwise): more than `above` of them within five minutes.
  _event_alerts = {
    bad-signature = {
      title    = "Webhooks are refused: their signature is wrong"
      severity = "CRITICAL"
      events   = ["bad_signature"]
      level    = "WARNING"
      above    = 20
      runbook  = "If no message comes through at all, the app secret here is not the app's: App Dashboard > Settings > Basic shows it; add it as a new version (docs/deploy.md, Rotating the app secret). If messages come through, somebody is knocking: nothing to do, they are turned away before anything is read."
    }
    sending-blocked = {
      title    = "WhatsApp refuses our sends: token expired, or the number or account is blocked"
      severity = "CRITICAL"
      events   = ["sending_blocked", "send_put_off", "account_error"]
      above    = 0
      runbook  = "Answers are kept and leave by themselves once this is mended. Read the code in the line: 190 is the access token (docs/deploy.md, Rotating the access token); 368, 131031, 131042, 133010 and the like are the account: Meta Business Suite > WhatsApp Manager says what to do. Then: python -m infra.ops doctor"
    }
    media-refused = {
      title    = "WhatsApp refuses to hand over files"
      severity = "CRITICAL"
      events   = ["media_unwell"]
      above    = 0
      runbook  = "Code 190 in the line is the access token: add a new version and ship it (docs/deploy.md, Rotating the access token). Files wait at Meta for days; the queue fetches them once this is mended."
    }
    failing-documents = {
      title    = "Something failed for reasons of ours"
      severity = "ERROR"
      events   = ["attempts_exhausted", "original_missing", "task_crashed", "task_unreadable", "webhook_failed", "not_a_webhook", "extraction_failed"]
      above    = 0
      runbook  = "Look for the event in the logs; the line has the document, or an exception. python -m infra.ops show DOCUMENT tells its story, retry DOCUMENT reads it again after a fix."
    }
    undeliverable = {
      title    = "Answers that WhatsApp took and did not deliver"
      severity = "WARNING"
      events   = ["undeliverable", "send_failed"]
      above    = 10
      runbook  = "One now and then is a user who blocked us or left WhatsApp. Many: look at their code in facebook's error list, then python -m infra.ops doctor"
    }
    lane-passed = {
      title    = "An answer was sent before an earlier one that did not come"
      severity = "WARNING"
      events   = ["lane_passed"]
      above    = 0
      runbook  = "A document took longer than LANE_PATIENCE_S. python -m infra.ops status names the stuck ones; show DOCUMENT tells why."
    }
  }

  _threshold_alerts = {
    queue-backlog = {
      title    = "More than ${var.alert_limits.queue_depth} tasks wait"
      severity = "ERROR"
      filter   = local._queue_depth
      aligner  = "ALIGN_MEAN"
      reducer  = "REDUCE_SUM"
      above    = var.alert_limits.queue_depth
      period   = "60s"
      duration = "600s"
      runbook  = "If the worker answers 5xx, its log says why (database, Graph, storage). If it is only busy, raise worker.max_instances with database.max_connections. python -m infra.ops status"
    }
    webhook-errors = {
      title    = "The webhook answers 5xx"
      severity = "CRITICAL"
      filter   = "metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\" AND ${local._run.webhook}"
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      above    = 5
      period   = "300s"
      duration = "0s"
      runbook  = "Meta redelivers for seven days, so nothing is lost yet. The request line names what was unwell: Firestore, Cloud Storage or Cloud Tasks. A crash right after a release: docs/deploy.md, Rolling back by hand."
    }
    slow-webhook = {
      title    = "The webhook is slower than Meta wants"
      severity = "WARNING"
      filter   = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local._run.webhook}"
      aligner  = "ALIGN_PERCENTILE_99"
      reducer  = "REDUCE_MAX"
      above    = 3000
      period   = "300s"
      duration = "900s"
      runbook  = "Meta asks for less than 1 % over one second. Cold starts: raise webhook.min_instances. Slow media: lower MEDIA_BUDGET_MS (the worker fetches what the webhook could not)."
    }
    worker-errors = {
      title    = "The worker keeps answering 5xx"
      severity = "ERROR"
      filter   = "metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\" AND ${local._run.worker}"
      aligner  = "ALIGN_RATE"
      reducer  = "REDUCE_SUM"
      above    = 1
      period   = "60s"
      duration = "600s"
      runbook  = "5xx is how the worker says try again. Ten minutes of it is an outage: the request lines' outcome and reason name the service. The queue keeps everything."
    }
    slow-answers = {
      title    = "Half a minute is not enough: answers take over ${var.alert_limits.answer_p95_s} s (p95)"
      severity = "WARNING"
      filter   = local._metric.answer_ms
      aligner  = "ALIGN_PERCENTILE_95"
      reducer  = "REDUCE_MAX"
      above    = var.alert_limits.answer_p95_s * 1000
      period   = "300s"
      duration = "600s"
      runbook  = "Compare extract_ms, gemini_ms and release_ms in the request lines. Extraction: more workers. Gemini: its quota or an outage (the own OCR answers meanwhile). Release: Graph's pace for one user is one message in six seconds."
    }
    deadline-hits = {
      title    = "Readings end at the 30-second limit"
      severity = "WARNING"
      filter   = "${local._metric.documents} AND metric.labels.outcome=\"deadline\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      above    = 5
      period   = "300s"
      duration = "0s"
      runbook  = "Those users were asked for a better photo. Many at once: the workers have too little CPU (OCR_SLOTS is one a vCPU) or Gemini is slow; see ocr_ms and gemini_ms."
    }
    database-connections = {
      title    = "The database is nearly out of connections"
      severity = "ERROR"
      filter   = "metric.type=\"cloudsql.googleapis.com/database/postgresql/num_backends\" AND ${local._sql}"
      aligner  = "ALIGN_MEAN"
      reducer  = "REDUCE_SUM"
      above    = floor(var.database.max_connections * 0.9)
      period   = "60s"
      duration = "300s"
      runbook  = "Terraform keeps workers below the limit; two revisions side by side, or a forgotten psql, pass it for a while. Lasting: lower worker.max_instances or raise database.max_connections with the tier."
    }
    database-disk = {
      title    = "The database's disk is nearly full"
      severity = "ERROR"
      filter   = "metric.type=\"cloudsql.googleapis.com/database/disk/utilization\" AND ${local._sql}"
      aligner  = "ALIGN_MEAN"
      reducer  = "REDUCE_MAX"
      above    = 0.9
      period   = "300s"
      duration = "600s"
      runbook  = "It grows by itself up to database.disk_limit_gb: raise that and apply. What fills it: documents are a few kB each, the files are not here; look at the largest tables."
    }
  }
}

resource "google_logging_metric" "metric" {
  for_each = local._metrics

  name        = "${var.name}/${each.key}"
  project     = var.project_id
  description = each.value.description
  filter      = "${local._line} AND ${each.value.filter}"

  value_extractor  = each.value.value == null ? null : "EXTRACT(jsonPayload.${each.value.value})"
  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(${field})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = each.value.value == null ? "INT64" : "DISTRIBUTION"
    unit        = each.value.unit

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  dynamic "bucket_options" {
    for_each = each.value.value == null ? [] : [each.value.unit]
    content {
      exponential_buckets {
        num_finite_buckets = 40
        growth_factor      = 1.5
        scale              = bucket_options.value == "USD" ? 0.00001 : bucket_options.value == "ms" ? 50 : 1
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  display_name = each.key
  project      = var.project_id
  type         = "email"
  labels       = { email_address = each.key }

  depends_on = [google_project_service.api]
}

# A policy may not name a log-based metric until minutes after the metric exists, so policies come with the functions.
resource "google_monitoring_alert_policy" "event" {
  for_each = { for k, v in local._event_alerts : k => v if local._deployed }

  display_name          = "${var.name}: ${each.value.title}"
  project               = var.project_id
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = "${local._metric.events} AND metric.labels.severity=\"${lookup(each.value, "level", "ERROR")}\" AND metric.labels.event=monitoring.regex.full_match(\"${join("|", each.value.events)}\")"
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    content   = each.value.runbook
    mime_type = "text/markdown"
  }
}

resource "google_monitoring_alert_policy" "threshold" {
  for_each = { for k, v in local._threshold_alerts : k => v if local._deployed }

  display_name          = "${var.name}: ${each.value.title}"
  project               = var.project_id
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = each.value.duration

      aggregations {
        alignment_period     = each.value.period
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    content   = each.value.runbook
    mime_type = "text/markdown"
  }
}

resource "google_monitoring_alert_policy" "cost" {
  count = local._deployed ? 1 : 0

  display_name          = "${var.name}: The model costs more than ${var.alert_limits.cost_usd_day} US dollars a day"
  project               = var.project_id
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = "Cost of a day"

    condition_prometheus_query_language {
      query                     = "sum(increase(${local._prom.cost_usd}_sum{monitored_resource=\"cloud_run_revision\"}[1d])) > ${var.alert_limits.cost_usd_day}"
      duration                  = "0s"
      evaluation_interval       = "300s"
      disable_metric_validation = true
    }
  }

  documentation {
    content   = "See the engine mix on the dashboard: a rise of gemini against qr+text means other documents, or a QR reader that broke. One sender: lower DAILY_CAP. Stop spending at once: gemini = { mode = \"off\" }; the own OCR goes on answering."
    mime_type = "text/markdown"
  }
}

resource "google_monitoring_alert_policy" "no_sweep" {
  count = local._deployed ? 1 : 0

  display_name          = "${var.name}: The sweep has not run for ten minutes"
  project               = var.project_id
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = "No sweep"

    condition_absent {
      filter   = "${local._metric.requests} AND metric.labels.outcome=\"swept\""
      duration = "600s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    content   = "What stalls stays stalled without it. Cloud Scheduler > ${var.name}-sweep says what the worker answered: 401 or 403 is the invoker binding (apply again), 5xx the worker itself."
    mime_type = "text/markdown"
  }
}

# The handshake with a wrong token: 403 proves that the function runs, routes and compares, and no secret lies in a configuration.
# The right token is tried by every release (infra/ops/smoke.py) and by doctor.
resource "google_monitoring_uptime_check_config" "handshake" {
  count = local._deployed ? 1 : 0

  display_name     = "${var.name}: webhook handshake"
  project          = var.project_id
  period           = "300s"
  timeout          = "10s"
  selected_regions = ["USA", "SOUTH_AMERICA", "EUROPE"]

  http_check {
    path           = "/webhook/whatsapp?hub.mode=subscribe&hub.challenge=1&hub.verify_token=uptime"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_value = 403
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project_id
      host       = local._webhook_host
    }
  }
}

locals {
  _webhook_host = local._deployed ? trimprefix(google_cloudfunctions2_function.webhook[0].service_config[0].uri, "https://") : ""
}

resource "google_monitoring_alert_policy" "uptime" {
  count = local._deployed ? 1 : 0

  display_name          = "${var.name}: The webhook cannot be reached"
  project               = var.project_id
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = "Handshake fails from two places"

    condition_threshold {
      filter          = "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type=\"uptime_url\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.handshake[0].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "300s"

      aggregations {
        alignment_period     = "600s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    content   = "Meta redelivers for seven days. Open the webhook's URL with a wrong token: 403 means it is well. 5xx or nothing: the function's log; right after a release, docs/deploy.md, Rolling back by hand. 404 or 401: the public invoker is gone (an organisation policy?), apply again."
    mime_type = "text/markdown"
  }
}

resource "google_monitoring_dashboard" "overview" {
  project = var.project_id

  dashboard_json = jsonencode({
    displayName = "${var.name}: overview"
    mosaicLayout = {
      columns = 12
      tiles = [for i, tile in local._tiles : {
        xPos   = (i % 2) * 6
        yPos   = floor(i / 2) * 4
        width  = 6
        height = 4
        widget = {
          title = tile.title
          xyChart = {
            dataSets = [for set in tile.sets : {
              plotType       = try(set.plot, "LINE")
              legendTemplate = set.legend
              timeSeriesQuery = { for kind, query in {
                prometheusQuery = try(set.prom, null)
                timeSeriesFilter = try(set.filter, null) == null ? null : {
                  filter = set.filter
                  aggregation = {
                    alignmentPeriod    = "60s"
                    perSeriesAligner   = set.aligner
                    crossSeriesReducer = set.reducer
                    groupByFields      = try(set.by, [])
                  }
                }
              } : kind => query if query != null }
            }]
          }
        }
      }]
    }
  })

  depends_on = [google_project_service.api]
}

locals {
  _run_revisions = "{monitored_resource=\"cloud_run_revision\"}"

  _tiles = [
    { title = "Answers a minute", sets = [
      { legend = "answers", prom = "sum(rate(${local._prom.answers}_sum${local._run_revisions}[5m])) * 60" },
    ] },
    { title = "Time to answer, ms", sets = [
      { legend = "p50", filter = local._metric.answer_ms, aligner = "ALIGN_PERCENTILE_50", reducer = "REDUCE_MEAN" },
      { legend = "p95", filter = local._metric.answer_ms, aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX" },
    ] },
    { title = "Engine mix, documents a minute", sets = [
      { legend = "$${metric.labels.engine}", plot = "STACKED_BAR", filter = local._metric.documents, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.engine"] },
    ] },
    { title = "What documents came to", sets = [
      { legend = "$${metric.labels.outcome}", plot = "STACKED_BAR", filter = local._metric.documents, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.outcome"] },
    ] },
    { title = "What went wrong, by event and code", sets = [
      { legend = "$${metric.labels.event} $${metric.labels.code}", plot = "STACKED_BAR", filter = local._metric.events, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.event", "metric.label.code"] },
    ] },
    { title = "Model cost, US dollars over the last 24 hours", sets = [
      { legend = "{{model}}", prom = "sum by (model) (increase(${local._prom.cost_usd}_sum${local._run_revisions}[1d]))" },
    ] },
    { title = "Tasks waiting", sets = [
      { legend = "depth", filter = local._queue_depth, aligner = "ALIGN_MEAN", reducer = "REDUCE_SUM" },
    ] },
    { title = "Webhook latency, ms", sets = [
      { legend = "p50", filter = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local._run.webhook}", aligner = "ALIGN_PERCENTILE_50", reducer = "REDUCE_MEAN" },
      { legend = "p99", filter = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local._run.webhook}", aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX" },
    ] },
    { title = "Requests and tasks, by what they came to", sets = [
      { legend = "$${metric.labels.task} $${metric.labels.outcome}", plot = "STACKED_BAR", filter = local._metric.requests, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.task", "metric.label.outcome"] },
    ] },
    { title = "Database connections", sets = [
      { legend = "connections", filter = "metric.type=\"cloudsql.googleapis.com/database/postgresql/num_backends\" AND ${local._sql}", aligner = "ALIGN_MEAN", reducer = "REDUCE_SUM" },
    ] },
  ]
}
