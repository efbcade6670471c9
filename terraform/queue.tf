resource "google_cloud_tasks_queue" "tasks" {
  name     = "${var.name}-tasks"
  location = var.region
  project  = var.project_id

  # As much as the workers can take, and no more: beyond it tasks would only wait inside an instance.
  rate_limits {
    max_concurrent_dispatches = var.worker.max_instances * var.worker.concurrency
    max_dispatches_per_second = 100
  }

  # The queue never gives up (a task that did would vanish: there is no dead letter); the worker's own counter decides.
  # The same figures stand in infra/settings.py; tests/deploy compares them.
  retry_config {
    max_attempts  = -1
    min_backoff   = "1s"
    max_backoff   = "60s"
    max_doublings = 6
  }

  # One line a dispatch would cost more than it tells: the worker writes its own.
  stackdriver_logging_config {
    sampling_ratio = 0.1
  }

  depends_on = [google_project_service.api]
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = toset(["ops", "webhook", "worker"])

  name     = google_cloud_tasks_queue.tasks.name
  location = var.region
  project  = var.project_id
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.account[each.key].member
}
