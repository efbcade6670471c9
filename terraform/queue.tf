locals {
  # The queue's pace and the deadlines that rest on one another, read by infra/settings.py from the same files.
  _budget = jsondecode(file("${path.module}/../infra/budget.json"))
  _queue  = jsondecode(file("${path.module}/../infra/queue.json"))
}

resource "google_cloud_tasks_queue" "tasks" {
  name     = "${var.name}-tasks"
  location = var.region
  project  = var.project_id

  # As much as the workers can take, and no more: beyond it tasks would only wait inside an instance. One place is the sweep's, which the
  # scheduler sends past this queue.
  rate_limits {
    max_concurrent_dispatches = var.worker.max_instances * var.worker.concurrency - 1
    max_dispatches_per_second = local._queue.max_dispatches_per_second
  }

  # The queue never gives up (a task that did would vanish: there is no dead letter); the worker's own counter decides.
  retry_config {
    max_attempts  = local._queue.max_attempts
    min_backoff   = "${local._queue.min_backoff_s}s"
    max_backoff   = "${local._queue.max_backoff_s}s"
    max_doublings = local._queue.max_doublings
  }

  # One line a dispatch would cost more than it tells: the worker writes its own.
  stackdriver_logging_config {
    sampling_ratio = 0.1
  }

  depends_on = [google_project_service.api]
}

# build: a release has the worker read two papers, and waits until the task is done.
resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = toset(["build", "ops", "webhook", "worker"])

  name     = google_cloud_tasks_queue.tasks.name
  location = var.region
  project  = var.project_id
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.account[each.key].member
}

resource "google_cloud_tasks_queue_iam_member" "viewer" {
  name     = google_cloud_tasks_queue.tasks.name
  location = var.region
  project  = var.project_id
  role     = "roles/cloudtasks.viewer"
  member   = google_service_account.account["build"].member
}
