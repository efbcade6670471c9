locals {
  _deployed = var.source_object != "none"

  _function = {
    webhook = "${var.name}-webhook"
    worker  = "${var.name}-worker"
  }

  # Cloud Run's deterministic URL is known before the service exists; the worker needs its own (it enqueues wake-ups),
  # and a resource cannot name itself. data.google_cloud_run_v2_service.worker holds it to what the platform really gave.
  _worker_url = "https://${local._function.worker}-${data.google_project.this.number}.${var.region}.run.app"

  # The same for the webhook, to which the synthetic sender sends.
  _push_url = "https://${local._function.webhook}-${data.google_project.this.number}.${var.region}.run.app/webhook/whatsapp"

  _env_both = {
    FIRESTORE_DATABASE       = google_firestore_database.inbox.name
    GOOGLE_CLOUD_PROJECT     = var.project_id
    LOG_EXECUTION_ID         = "true" # the platform adds it anyway; said here so that plans stay empty
    MEDIA_BUCKET             = google_storage_bucket.media.name
    TASKS_QUEUE              = google_cloud_tasks_queue.tasks.id
    TASKS_SERVICE_ACCOUNT    = google_service_account.account["tasks"].email
    WHATSAPP_PHONE_NUMBER_ID = var.phone_number_id
    WORKER_AUDIENCE          = local._worker_url
    WORKER_URL               = local._worker_url
  }

  _env = {
    webhook = merge(local._env_both, {
      THREADS = tostring(var.webhook.concurrency)
    })
    worker = merge(
      local._env_both,
      {
        CLOUD_SQL_INSTANCE = google_sql_database_instance.main.connection_name
        CLOUD_SQL_IP       = var.network == null ? "public" : "private"
        DB_NAME            = google_sql_database.main.name
        DB_POOL_SIZE       = tostring(var.worker.pool)
        DB_USER            = google_sql_user.account["worker"].name
        GEMINI             = var.gemini.mode
        GEMINI_USD_DAY     = tostring(var.gemini.usd_day)
        KEPT_DAYS          = tostring(max(var.database.backups, var.firestore.backup_days, var.media.soft_delete_days, local._log_days))
        OCR_SLOTS          = tostring(var.worker.cpu)
        THREADS            = tostring(var.worker.concurrency)
        WEBHOOK_URL        = local._push_url
        WORKER_TIMEOUT_S   = tostring(local._budget.worker_timeout_s)
      },
      { for k, v in { GEMINI_MODEL = var.gemini.model, GEMINI_STRONG_MODEL = var.gemini.strong_model, GEMINI_LOCATION = var.gemini.location, SUNAT_RUC = var.sunat.ruc, SUNAT_CLIENT_ID = var.sunat.client_id } : k => v if v != "" },
    )
  }

  _settings = {
    webhook = merge(var.settings.both, var.settings.webhook)
    worker  = merge(var.settings.both, var.settings.worker)
  }

  # Superuser's reserve, Cloud SQL's own agents, one migration, two operators.
  _connections_reserved = 15
  # Twice the pools: while a release is taken up, instances of two revisions run side by side.
  _connections_needed = 2 * var.worker.max_instances * var.worker.pool + local._connections_reserved
}

resource "google_cloudfunctions2_function" "webhook" {
  #checkov:skip=CKV_GCP_124:Meta calls it from the internet; the signature of each request is its lock
  count = local._deployed ? 1 : 0

  name        = local._function.webhook
  location    = var.region
  project     = var.project_id
  description = "WhatsApp's webhook: verifies, admits, stores, enqueues. Public; its lock is Meta's signature."

  build_config {
    runtime         = "python313"
    entry_point     = "webhook"
    service_account = google_service_account.account["package"].id

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = var.source_object
      }
    }
  }

  service_config {
    available_cpu                    = tostring(var.webhook.cpu)
    available_memory                 = var.webhook.memory
    environment_variables            = merge(local._settings.webhook, local._env.webhook)
    ingress_settings                 = "ALLOW_ALL"
    max_instance_count               = var.webhook.max_instances
    max_instance_request_concurrency = var.webhook.concurrency
    min_instance_count               = var.webhook.min_instances
    service_account_email            = google_service_account.account["webhook"].email
    timeout_seconds                  = local._budget.webhook_timeout_s

    dynamic "secret_environment_variables" {
      for_each = local._secret_env.webhook
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  lifecycle {
    precondition {
      condition     = length(setintersection(keys(local._settings.webhook), concat(keys(local._env.webhook), keys(local._secret_env.webhook)))) == 0
      error_message = "settings for the webhook names something that Terraform sets itself; use the variable that is meant for it."
    }
  }

  depends_on = [
    google_project_service.api,
    google_project_iam_member.account,
    google_project_iam_member.package_sources,
    google_secret_manager_secret_iam_member.reader,
    google_storage_bucket_iam_member.source,
  ]
}

resource "google_cloudfunctions2_function" "worker" {
  #checkov:skip=CKV_GCP_124:IAM is the lock, and the queue must reach it; see ingress_settings below
  count = local._deployed ? 1 : 0

  name        = local._function.worker
  location    = var.region
  project     = var.project_id
  description = "Reads one document, records it, answers in order. Private: the queue and the scheduler alone may call it."

  build_config {
    runtime         = "python313"
    entry_point     = "worker"
    service_account = google_service_account.account["package"].id

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = var.source_object
      }
    }
  }

  service_config {
    available_cpu         = tostring(var.worker.cpu)
    available_memory      = var.worker.memory
    environment_variables = merge(local._settings.worker, local._env.worker)
    # IAM is the lock (no public member, OIDC with an explicit audience); whether the queue's calls count as internal
    # depends on the project's perimeter, and a worker that the queue cannot reach answers nobody.
    ingress_settings                 = "ALLOW_ALL"
    max_instance_count               = var.worker.max_instances
    max_instance_request_concurrency = var.worker.concurrency
    min_instance_count               = var.worker.min_instances
    service_account_email            = google_service_account.account["worker"].email
    # Less than LEASE_S (75 s), which is less than the queue's dispatch deadline.
    timeout_seconds = local._budget.worker_timeout_s

    direct_vpc_egress = var.network == null ? null : "VPC_EGRESS_PRIVATE_RANGES_ONLY"

    dynamic "direct_vpc_network_interface" {
      for_each = var.network == null ? [] : [var.network]
      content {
        network    = direct_vpc_network_interface.value.network
        subnetwork = direct_vpc_network_interface.value.subnetwork
      }
    }

    dynamic "secret_environment_variables" {
      for_each = local._secret_env.worker
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  lifecycle {
    precondition {
      condition     = local._connections_needed <= var.database.max_connections
      error_message = "The workers could open ${local._connections_needed} database connections (two revisions x worker.max_instances x worker.pool + ${local._connections_reserved}), more than database.max_connections (${var.database.max_connections}). Lower the first two or raise the last with a larger tier."
    }
    precondition {
      condition     = var.gemini.usd_day == 0 || var.gemini.usd_day >= var.alert_limits.cost_usd_day
      error_message = "gemini.usd_day must be at least alert_limits.cost_usd_day, so that a person hears of the cost before it stops the model; or 0, which asks no model."
    }
    precondition {
      condition     = length(setintersection(keys(local._settings.worker), concat(keys(local._env.worker), keys(local._secret_env.worker)))) == 0
      error_message = "settings for the worker names something that Terraform sets itself; use the variable that is meant for it."
    }
  }

  depends_on = [
    google_project_service.api,
    google_project_iam_member.account,
    google_project_iam_member.package_sources,
    google_secret_manager_secret_iam_member.reader,
    google_storage_bucket_iam_member.source,
  ]
}

# What the platform calls the worker: every address the queue and the scheduler use must be among them.
data "google_cloud_run_v2_service" "worker" {
  count = local._deployed ? 1 : 0

  name     = google_cloudfunctions2_function.worker[0].name
  location = var.region
  project  = var.project_id

  lifecycle {
    postcondition {
      condition     = contains(self.urls, local._worker_url)
      error_message = "The worker does not answer at ${local._worker_url}; the queue would call nobody. Its addresses: ${join(", ", self.urls)}"
    }
  }
}

# Anyone may call the webhook: Meta has no Google identity, and its address ranges change. The signature decides.
resource "google_cloud_run_v2_service_iam_member" "webhook_public" {
  count = local._deployed ? 1 : 0

  name     = google_cloudfunctions2_function.webhook[0].name
  location = var.region
  project  = var.project_id
  role     = "roles/run.invoker"
  member   = "allUsers"
}

# Authoritative on purpose: whoever else was let in by hand is put out again at the next apply.
resource "google_cloud_run_v2_service_iam_binding" "worker_invokers" {
  count = local._deployed ? 1 : 0

  name     = google_cloudfunctions2_function.worker[0].name
  location = var.region
  project  = var.project_id
  role     = "roles/run.invoker"
  members = [
    google_service_account.account["tasks"].member,
    google_service_account.account["scheduler"].member,
  ]
}

# The source that both functions were last replaced by: an apply that failed before its end leaves the one before standing here.
resource "terraform_data" "live" {
  input = var.source_object

  depends_on = [
    google_cloudfunctions2_function.webhook,
    google_cloudfunctions2_function.worker,
  ]
}
