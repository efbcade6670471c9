# What a person looks at.
resource "google_monitoring_dashboard" "overview" {
  project = var.project_id

  dashboard_json = jsonencode({
    displayName = "${var.name}: overview"
    mosaicLayout = {
      columns = 12
      # Without noughts and empty lists: the service leaves them out of what it gives back, and every plan would put them in again.
      tiles = [for i, tile in local._tiles : merge({ for k, v in { xPos = (i % 2) * 6, yPos = floor(i / 2) * 4 } : k => v if v != 0 }, {
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
                  aggregation = { for k, v in {
                    alignmentPeriod    = "60s"
                    perSeriesAligner   = set.aligner
                    crossSeriesReducer = try(set.reducer, null)
                    groupByFields      = try(set.by, null)
                  } : k => v if v != null }
                }
              } : kind => query if query != null }
            }]
          }
        }
      })]
    }
  })

  depends_on = [google_project_service.api]
}

locals {
  _run_revisions = "{monitored_resource=\"cloud_run_revision\"}"

  # What is left of each promise's budget: 1 is all of it, below 0 the promise is broken. There are promises once there are functions.
  _budget_tiles = [for name, promise in local._promises : {
    title = promise.budget
    sets  = [{ legend = "left", filter = "select_slo_budget_fraction(\"${google_monitoring_slo.promise[name].id}\")", aligner = "ALIGN_NEXT_OLDER" }]
  } if local._deployed]

  _tiles = concat(local._budget_tiles, [
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
    { title = "SUNAT, by what it answered or why it did not", sets = [
      { legend = "$${metric.labels.event} $${metric.labels.code}", plot = "STACKED_BAR", filter = local._metric.sunat, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.event", "metric.label.code"] },
    ] },
    { title = "What SUNAT says later of papers read without it", sets = [
      { legend = "$${metric.labels.verdict} $${metric.labels.engine} $${metric.labels.code}", plot = "STACKED_BAR", filter = local._metric.confirmed, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.verdict", "metric.label.engine", "metric.label.code"] },
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
  ])
}
