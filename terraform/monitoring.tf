# What is measured. Every log field and event named here is one that the code writes:
# tests/deploy compares them with functions/ and main.py.
locals {
  _line = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^(${local._function.webhook}|${local._function.worker})$\""

  # The synthetic sender (slo.tf) is nobody: what counts people's documents leaves its lines out.
  _real = "jsonPayload.message=\"request\" AND NOT jsonPayload.synthetic=true"

  # What Meta sends, as the platform tells it: our own line knows nothing of a cold start. Whoever only knocks (401, 403, 413) is not Meta.
  _pushes = "resource.labels.service_name=\"${local._function.webhook}\" AND logName:\"run.googleapis.com%2Frequests\" AND httpRequest.requestMethod=\"POST\" AND NOT httpRequest.userAgent=\"cuadra-synthetic\" AND (httpRequest.status=200 OR httpRequest.status=429 OR httpRequest.status>=500)"

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
      filter      = local._real
      labels      = { outcome = "jsonPayload.outcome", task = "jsonPayload.task" }
      value       = null
      unit        = "1"
    }
    documents = {
      description = "Documents that got their answer, by engine and outcome (a verdict, or the code of a failure)"
      filter      = "${local._real} AND jsonPayload.document:* AND jsonPayload.finish_ms:* AND NOT jsonPayload.outcome=(\"lease_lost\" OR \"twin_lost\")"
      labels      = { engine = "jsonPayload.engine", outcome = "jsonPayload.outcome" }
      value       = null
      unit        = "1"
    }
    answers = {
      description = "Answers that left, an observation a release"
      filter      = "${local._real} AND jsonPayload.released>0"
      labels      = {}
      value       = "released"
      unit        = "1"
    }
    answer_ms = {
      description = "Milliseconds from receiving a document to the moment its answer left, an observation a release (its oldest document)"
      filter      = "${local._real} AND jsonPayload.answer_ms>0"
      labels      = {}
      value       = "answer_ms"
      unit        = "ms"
    }
    cost_usd = {
      description = "US dollars of model use, an observation a document"
      filter      = "${local._real} AND jsonPayload.cost_usd>0"
      labels      = { model = "jsonPayload.model" }
      value       = "cost_usd"
      unit        = "{USD}"
    }
    sunat = {
      description = "Questions to SUNAT, by their answer (code) or by why there was none (event sunat_failed)"
      filter      = "jsonPayload.message=(\"sunat_answered\" OR \"sunat_failed\") AND NOT jsonPayload.synthetic=true"
      labels      = { event = "jsonPayload.message", code = "jsonPayload.code" }
      value       = null
      unit        = "1"
    }
    confirmed = {
      description = "Filed papers that SUNAT was asked about later, by what read them, its verdict, and SUNAT's answer (code): the live meter of docs/sunat.md"
      filter      = "jsonPayload.message=\"sunat_later\" AND NOT jsonPayload.synthetic=true"
      labels      = { engine = "jsonPayload.engine", verdict = "jsonPayload.verdict", code = "jsonPayload.code" }
      value       = null
      unit        = "1"
    }
    pushes = {
      description = "Webhooks that Meta sent and that were ours to acknowledge"
      filter      = local._pushes
      labels      = {}
      value       = null
      unit        = "1"
    }
    acknowledged = {
      description = "Webhooks that were acknowledged within a second"
      filter      = "${local._pushes} AND httpRequest.status=200 AND httpRequest.latency<=\"1s\""
      labels      = {}
      value       = null
      unit        = "1"
    }
    synthetic = {
      description = "Answers to the synthetic sender that were released and right"
      filter      = "jsonPayload.message=\"request\" AND jsonPayload.synthetic=true AND jsonPayload.released>0 AND jsonPayload.verdict=\"proven\""
      labels      = {}
      value       = null
      unit        = "1"
    }
  }
  _metric = { for name, metric in google_logging_metric.metric : name => "metric.type=\"logging.googleapis.com/user/${metric.name}\" AND resource.type=\"cloud_run_revision\"" }

  # PromQL spells logging.googleapis.com/user/NAME so.
  _prom = { for name, metric in google_logging_metric.metric : name => "logging_googleapis_com:user_${replace(metric.name, "/[^a-zA-Z0-9]/", "_")}" }

  _queue_depth = "metric.type=\"cloudtasks.googleapis.com/queue/depth\" AND resource.type=\"cloud_tasks_queue\" AND resource.labels.queue_id=\"${google_cloud_tasks_queue.tasks.name}\""
  _run         = { for part, name in local._function : part => "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${name}\"" }
  _sql         = "resource.type=\"cloudsql_database\" AND resource.labels.database_id=\"${var.project_id}:${google_sql_database_instance.main.name}\""
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
        scale              = bucket_options.value == "{USD}" ? 0.00001 : bucket_options.value == "ms" ? 50 : 1
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

locals {
  _emails   = [for channel in google_monitoring_notification_channel.email : channel.id]
  _channels = concat(local._emails, var.alert_channels)
  # What can wait for the morning rings at nobody's bed, where there is another way to tell it.
  _tickets = length(local._emails) > 0 ? local._emails : local._channels
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
