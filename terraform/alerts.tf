# What a person must act on, each with what to do first. Events and fields are those of monitoring.tf.
locals {
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
      events   = ["sending_blocked", "account_error"]
      above    = 0
      runbook  = "Answers are kept and leave by themselves once this is mended. Read the code in the line: 190 is the access token (docs/deploy.md, Rotating the access token); 133010 is a number that is not registered (docs/deploy.md, On Meta's side, first half); 368, 131031, 131042 and the like are the account: Meta Business Suite > WhatsApp Manager says what to do. Then: python -m infra.ops doctor"
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
      events   = ["attempts_exhausted", "end_without_reply", "original_missing", "media_given_up", "task_crashed", "task_unreadable", "admission_unreadable", "webhook_failed", "not_a_webhook", "extraction_failed", "reading_crashed", "sunat_crashed", "file_missing", "mapped_to_a_change"]
      above    = 0
      runbook  = "Look for the event in the logs; the line has the document, or an exception. python -m infra.ops show DOCUMENT tells its story, retry DOCUMENT reads it again after a fix. task_unreadable: this worker is older than the webhook; release the newer one, the task waits in the queue. media_given_up: Meta did not hand the file over for twelve hours, its sender was asked for it again. file_missing: an answer left without the file that it brings, since its bytes are gone from the bucket; ask for it again."
    }
    undeliverable = {
      title    = "Answers that WhatsApp took and did not deliver"
      severity = "WARNING"
      events   = ["undeliverable", "send_failed"]
      above    = 10
      runbook  = "One now and then is a user who blocked us or left WhatsApp. Many: look at their code in facebook's error list, then python -m infra.ops doctor"
    }
    send-never-certain = {
      title    = "WhatsApp never said whether an answer arrived: its sender's answers are held"
      severity = "ERROR"
      events   = ["send_never_certain"]
      above    = 0
      runbook  = "Eight calls of one send had neither a certain answer nor a receipt, and a ninth could be a ninth copy. The lane goes on by itself when the user writes. Several at once: Graph is ill (metastatus.com), or statuses do not reach us: python -m infra.ops doctor checks the webhook's fields. When it is over, python -m infra.ops status names the users whose lane is held, and resume USER has the answer sent once more, unless its receipt came meanwhile."
    }
    model-refused = {
      title    = "Gemini refuses our key or identity"
      severity = "ERROR"
      events   = ["gemini_failed"]
      above    = 0
      runbook  = "Documents are answered by our own OCR meanwhile, photos less well. With a key: it was revoked or restricted, add a new version of the secret. With Vertex: the worker's service account lacks roles/aiplatform.user, or the API is off. Then: python -m infra.ops doctor"
    }
    sunat-refused = {
      title    = "SUNAT refuses our credentials"
      severity = "ERROR"
      events   = ["sunat_failed"]
      above    = 0
      runbook  = "No document is confirmed by SUNAT meanwhile; nothing else changes, and no answer waits for it. The client secret was replaced in SOL, or the credentials were taken back: docs/sunat.md, Credentials. Then: python -m infra.ops doctor"
    }
    model-stopped = {
      title    = "The model has cost a day's limit: no document asks it until tomorrow"
      severity = "ERROR"
      events   = ["model_stopped"]
      above    = 0
      runbook  = "Documents are answered by our own OCR meanwhile, photos less well. See the engine mix and who sends so much (the alert on the day's cost says how). To go on today raise gemini.usd_day and apply."
    }
    own-eyes-fail = {
      title    = "Our own readers fail: a process died, or readings end at the limit of OCR_DEADLINE_S"
      severity = "WARNING"
      events   = ["ocr_failed", "opening_failed", "second_reader_failed", "closer_look_failed"]
      level    = "WARNING"
      above    = 5
      runbook  = "Nobody was told anything about a document: what was not read is tried again, and ends after five attempts in attempts_exhausted. The line's reason says it: late and starved are too little CPU (OCR_SLOTS is one a vCPU) or a slow neighbour, died and killed are memory (worker.memory) or the engine itself. See ocr_ms in the request lines. second_reader_failed and closer_look_failed cost no answer: each is a bug of ours, or the second reader has damaged weights; the line has the traceback."
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
      title    = "The worker keeps failing: tasks are tried again and again"
      severity = "ERROR"
      # one task that fails comes back once a minute (infra/queue.json), so that this sees a single one; waiting for a place or a lease is no failure
      filter   = "${local._metric.requests} AND metric.labels.task!=\"\" AND metric.labels.outcome=monitoring.regex.full_match(\"outside_unwell|media_unwell|extractor_failed|sweep_incomplete|crashed\")"
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      above    = 3
      period   = "300s"
      duration = "600s"
      runbook  = "Ten minutes of it is an outage: the request lines' outcome and reason name the service (jsonPayload.outcome, jsonPayload.reason). The queue keeps everything and tries again; python -m infra.ops doctor tries each service."
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
    database-connections = {
      title    = "The database is nearly out of connections"
      severity = "ERROR"
      filter   = "metric.type=\"cloudsql.googleapis.com/database/postgresql/num_backends\" AND ${local._sql}"
      aligner  = "ALIGN_MEAN"
      reducer  = "REDUCE_SUM"
      above    = floor(var.database.max_connections * 0.9)
      period   = "60s"
      duration = "300s"
      runbook  = "Terraform keeps two revisions of workers below the limit; a forgotten psql passes it for a while. Lasting: lower worker.max_instances or raise database.max_connections with the tier."
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

  # One line is enough, and no metric stands between: these are there before the first release.
  _line_alerts = {
    build-failed = {
      title    = "A build failed: nothing was released, or it was taken back"
      severity = "ERROR"
      filter   = "resource.type=\"build\" AND severity>=ERROR"
      runbook  = "Cloud Build > History names the step. docs/deploy.md, One push ships a change, says what each leaves behind. A function's own build is one of them too: its log says why."
    }
    acted-as-operator = {
      title    = "Somebody acts as the operator account"
      severity = "WARNING"
      filter   = "resource.type=\"service_account\" AND resource.labels.email_id=\"${google_service_account.account["ops"].email}\" AND protoPayload.methodName=\"GenerateAccessToken\""
      runbook  = "The line's authenticationInfo.principalEmail is the person. An operator at work: nothing to do, python -m infra.ops doctor and every other command does it. Nobody knows of it: take the person out of the variable operators, apply, and read what was done since: protoPayload.authenticationInfo.principalEmail is the operator account's."
    }
    secret-read = {
      title    = "A secret was read by somebody who is no part of the deployment"
      severity = "CRITICAL"
      filter   = "protoPayload.serviceName=\"secretmanager.googleapis.com\" AND protoPayload.methodName:\"AccessSecretVersion\" AND NOT protoPayload.authenticationInfo.principalEmail=(${local._parts})"
      runbook  = "The line's authenticationInfo.principalEmail is who, resourceName which. Whoever set the deployment up and looked at the verify token: nothing to do. Nobody knows of it: rotate that secret (docs/deploy.md, Rotating the access token)."
    }
    original-read = {
      title    = "A stored document was read by somebody who is no part of the deployment"
      severity = "CRITICAL"
      filter   = "resource.type=\"gcs_bucket\" AND resource.labels.bucket_name=\"${google_storage_bucket.media.name}\" AND protoPayload.methodName=\"storage.objects.get\" AND NOT protoPayload.authenticationInfo.principalEmail=(${local._parts})"
      runbook  = "The line's authenticationInfo.principalEmail is who, resourceName which file. Owners of the project can: ask. Nobody knows of it: take the role away (IAM), and see what else that account read."
    }
  }
  _parts = join(" OR ", [for who in ["build", "ops", "webhook", "worker"] : "\"${google_service_account.account[who].email}\""])

  # PromQL, for what one condition of the other sorts cannot say
  _query_alerts = {
    cost = {
      title    = "The model costs more than ${var.alert_limits.cost_usd_day} US dollars a day"
      severity = "WARNING"
      query    = "sum(increase(${local._prom.cost_usd}_sum{monitored_resource=\"cloud_run_revision\"}[1d])) > ${var.alert_limits.cost_usd_day}"
      runbook  = "See the engine mix on the dashboard: a rise of gemini against qr+text means other documents, or a QR reader that broke. One sender: lower DAILY_CAP. Stop spending at once: gemini = { mode = \"off\" }; the own OCR goes on answering."
    }
    sunat = {
      title    = "SUNAT answers less than half of what it is asked"
      severity = "WARNING"
      query    = "sum(increase(${local._prom.sunat}{monitored_resource=\"cloud_run_revision\",event=\"sunat_failed\"}[1h])) > 9 and sum(increase(${local._prom.sunat}{monitored_resource=\"cloud_run_revision\",event=\"sunat_failed\"}[1h])) > 0.5 * sum(increase(${local._prom.sunat}{monitored_resource=\"cloud_run_revision\"}[1h]))"
      runbook  = "Nobody waits for it and no verdict changes: an instance asks once a minute until it is well. The code says why: timeout, slow, throttled and unavailable are SUNAT's (its maintenance is at night), and blind, which accepts totals that cannot be; rejected or malformed alone, for hours, is a manual that changed: python -m infra.ops doctor, then docs/sunat.md."
    }
    refusing = {
      # fewer than webhook-errors needs, but nothing that is taken beside them: something that every message needs is not there
      title    = "The webhook takes no message"
      severity = "CRITICAL"
      query    = "sum(increase(${local._prom.requests}{monitored_resource=\"cloud_run_revision\",task=\"\",outcome=~\"try_again|crashed\"}[1h])) >= 3 unless sum(increase(${local._prom.requests}{monitored_resource=\"cloud_run_revision\",task=\"\",outcome=\"ok\"}[1h])) > 0"
      runbook  = "The request line names what was unwell: Firestore, Cloud Storage or Cloud Tasks; a permission or a resource that is gone says so there. python -m infra.ops doctor tries each. Meta redelivers for seven days. Right after a release: docs/deploy.md, Rolling back by hand."
    }
    turned-down = {
      # one strange file is its sender's; most of an hour's files is a reader that broke
      title    = "Most files are turned down as unreadable, broken or too complex"
      severity = "ERROR"
      query    = "sum(increase(${local._prom.documents}{monitored_resource=\"cloud_run_revision\",outcome=~\"corrupt|too_complex|unreadable\"}[1h])) > 4 and sum(increase(${local._prom.documents}{monitored_resource=\"cloud_run_revision\",outcome=~\"corrupt|too_complex|unreadable\"}[1h])) > 0.5 * sum(increase(${local._prom.documents}{monitored_resource=\"cloud_run_revision\"}[1h]))"
      runbook  = "Their senders were told that the file is at fault. python -m infra.ops doctor has the worker read two papers of its own: should it fail there, a release or a library broke the reader (docs/deploy.md, Rolling back by hand). Should it pass, look at one of the documents: python -m infra.ops show DOCUMENT, then retry DOCUMENT --again."
    }
    deaf = {
      # fewer than bad-signature needs, but nothing that is accepted beside them: the secret is wrong, at whatever hour
      title    = "Every webhook is refused"
      severity = "CRITICAL"
      query    = "sum(increase(${local._prom.events}{monitored_resource=\"cloud_run_revision\",event=\"bad_signature\"}[3h])) >= 3 unless sum(increase(${local._prom.requests}{monitored_resource=\"cloud_run_revision\",outcome=~\"ok|nothing_to_do\"}[3h])) > 0"
      runbook  = "Nobody's message comes through: the app secret here is not the app's. App Dashboard > Settings > Basic shows it; add it as a new version (docs/deploy.md, Rotating the app secret). Meta redelivers for seven days. If nobody has written for three hours, somebody may only be knocking: write to the number, and see whether it is answered."
    }
  }
}

# A policy may not name a log-based metric until minutes after the metric exists, so policies come with the functions.
resource "google_monitoring_alert_policy" "event" {
  for_each = { for k, v in local._event_alerts : k => v if local._deployed }

  display_name          = "${var.name}: ${each.value.title}"
  project               = var.project_id
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local._channels

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
  notification_channels = local._channels

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

resource "google_monitoring_alert_policy" "line" {
  for_each = local._line_alerts

  display_name          = "${var.name}: ${each.value.title}"
  project               = var.project_id
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local._channels

  conditions {
    display_name = each.value.title

    condition_matched_log {
      filter = each.value.filter
    }
  }

  alert_strategy {
    auto_close = "3600s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    content   = each.value.runbook
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_alert_policy" "query" {
  for_each = { for k, v in local._query_alerts : k => v if local._deployed }

  display_name          = "${var.name}: ${each.value.title}"
  project               = var.project_id
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local._channels

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query                     = each.value.query
      duration                  = "0s"
      evaluation_interval       = "300s"
      disable_metric_validation = true
    }
  }

  documentation {
    content   = each.value.runbook
    mime_type = "text/markdown"
  }
}

resource "google_monitoring_alert_policy" "no_sweep" {
  count = local._deployed ? 1 : 0

  display_name          = "${var.name}: The sweep has not run for ten minutes"
  project               = var.project_id
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local._channels

  conditions {
    display_name = "No sweep"

    # No line and no zero alike: whether a counter without entries is a gap or a nought is written nowhere.
    condition_threshold {
      filter                  = "${local._metric.requests} AND metric.labels.outcome=\"swept\""
      comparison              = "COMPARISON_LT"
      threshold_value         = 1
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"

      aggregations {
        alignment_period     = "300s"
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

resource "google_monitoring_alert_policy" "uptime" {
  count = local._deployed ? 1 : 0

  display_name          = "${var.name}: The webhook cannot be reached"
  project               = var.project_id
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local._channels

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
