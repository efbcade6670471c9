# What is wired to what, planned and applied against mocks. Run by tests/deploy, or: terraform test

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_data "google_cloud_run_v2_service" {
    defaults = { urls = ["https://cuadra-worker-abc123-uc.a.run.app", "https://cuadra-worker-123456789012.us-central1.run.app"] }
  }
  mock_resource "google_cloud_tasks_queue" {
    defaults = { id = "projects/cuadra-prod/locations/us-central1/queues/cuadra-tasks" }
  }
  mock_resource "google_monitoring_slo" {
    defaults = { id = "projects/cuadra-prod/services/s/serviceLevelObjectives/o" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = { service_config = { uri = "https://cuadra-webhook-abc123-uc.a.run.app" } }
  }
}

variables {
  project_id      = "cuadra-prod"
  phone_number_id = "1370590109460934"
  alert_emails    = ["ops@example.com"]
  operators       = ["group:ops@example.com"]
  source_object   = "source/0000000000000000000000000000000000000000000000000000000000000000.zip"
}

run "first_apply_makes_everything_but_the_functions" {
  variables {
    source_object = "none"
  }

  assert {
    condition     = length(google_cloudfunctions2_function.webhook) + length(google_cloudfunctions2_function.worker) == 0
    error_message = "Without a source there is nothing to deploy."
  }
  assert {
    condition     = length(google_cloud_scheduler_job.sweep) + length(google_cloud_scheduler_job.synthetic) + length(google_cloud_scheduler_job.rates) + length(google_monitoring_slo.promise) == 0
    error_message = "Nothing to sweep, to ask or to promise before there is a worker."
  }
  assert {
    condition     = output.webhook_url == "" && output.meta.callback_url == "not deployed yet"
    error_message = "There is no address to give Meta yet."
  }
  assert {
    condition     = toset(keys(google_secret_manager_secret.secret)) == toset(["whatsapp-access-token", "whatsapp-app-secret", "whatsapp-verify-token"])
    error_message = "The secrets must exist before their values can be added, and no key for Gemini by default."
  }
}

run "deployed" {
  assert {
    condition     = google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["WORKER_URL"] == output.worker_url && google_cloudfunctions2_function.webhook[0].service_config[0].environment_variables["WORKER_URL"] == output.worker_url
    error_message = "Both functions enqueue for the worker's address."
  }
  assert {
    condition     = contains(data.google_cloud_run_v2_service.worker[0].urls, output.worker_url)
    error_message = "The queue's address must be one that the platform gave the worker."
  }
  assert {
    condition     = alltrue([for f in [google_cloudfunctions2_function.webhook[0], google_cloudfunctions2_function.worker[0]] : f.service_config[0].environment_variables["WORKER_AUDIENCE"] == output.worker_url && f.service_config[0].environment_variables["TASKS_SERVICE_ACCOUNT"] == google_service_account.account["tasks"].email && f.service_config[0].environment_variables["TASKS_QUEUE"] == google_cloud_tasks_queue.tasks.id])
    error_message = "The queue calls as its own account with the worker's audience."
  }
  assert {
    condition     = google_cloud_scheduler_job.sweep[0].http_target[0].uri == output.worker_url && google_cloud_scheduler_job.sweep[0].http_target[0].oidc_token[0].audience == output.worker_url && google_cloud_scheduler_job.sweep[0].http_target[0].oidc_token[0].service_account_email == google_service_account.account["scheduler"].email
    error_message = "The scheduler calls the worker as its own account with the worker's audience."
  }
  assert {
    condition     = google_cloud_scheduler_job.synthetic[0].http_target[0].uri == output.worker_url && google_cloud_scheduler_job.synthetic[0].http_target[0].oidc_token[0].audience == output.worker_url && google_cloud_scheduler_job.synthetic[0].schedule == "*/10 * * * *"
    error_message = "Every ten minutes the scheduler gives the synthetic sender its turn, as it calls the sweep."
  }
  assert {
    condition     = google_cloud_scheduler_job.rates[0].http_target[0].uri == output.worker_url && google_cloud_scheduler_job.rates[0].http_target[0].oidc_token[0].audience == output.worker_url && google_cloud_scheduler_job.rates[0].http_target[0].oidc_token[0].service_account_email == google_service_account.account["scheduler"].email && google_cloud_scheduler_job.rates[0].time_zone == "America/Lima" && jsondecode(base64decode(google_cloud_scheduler_job.rates[0].http_target[0].body)).kind == "rates"
    error_message = "Three times a day of Lima the scheduler asks for the exchange rate, as it calls the sweep."
  }
  assert {
    condition     = google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["WEBHOOK_URL"] == "https://cuadra-webhook-123456789012.us-central1.run.app/webhook/whatsapp" && contains([for e in google_cloudfunctions2_function.worker[0].service_config[0].secret_environment_variables : e.key], "WHATSAPP_APP_SECRET")
    error_message = "The synthetic sender knows where to send and signs as Meta does."
  }
  assert {
    condition     = { for name, slo in google_monitoring_slo.promise : name => slo.goal } == { documents = 0.95, webhook = 0.99 } && alltrue([for name, slo in google_monitoring_slo.promise : slo.service == google_monitoring_custom_service.part[name].service_id && slo.windows_based_sli[0].window_period == "300s" && slo.rolling_period_days == 28])
    error_message = "Two promises, each of its own service, counted in windows."
  }
  assert {
    condition     = google_monitoring_slo.promise["documents"].windows_based_sli[0].good_total_ratio_threshold[0].performance[0].distribution_cut[0].range[0].max == 60000 && length(google_monitoring_slo.promise["webhook"].windows_based_sli[0].good_total_ratio_threshold[0].performance[0].good_total_ratio) == 1
    error_message = "Documents within 60 s by the time to their answer, webhooks by those acknowledged within a second of all that were sent."
  }
  assert {
    condition     = alltrue([for key, policy in google_monitoring_alert_policy.burn : policy.combiner == "AND" && length(policy.conditions) == 2 && policy.severity == (endswith(key, "fast") ? "CRITICAL" : "WARNING")]) && length(google_monitoring_alert_policy.burn) == 4
    error_message = "A budget that burns fast calls somebody, one that burns slowly is written down; both only when a long and a short window agree."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_binding.worker_invokers[0].name == google_cloudfunctions2_function.worker[0].name && toset(google_cloud_run_v2_service_iam_binding.worker_invokers[0].members) == toset([google_service_account.account["tasks"].member, google_service_account.account["scheduler"].member])
    error_message = "The queue's and the scheduler's accounts, and nobody else, call the worker."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.webhook_public[0].name == google_cloudfunctions2_function.webhook[0].name && google_cloud_run_v2_service_iam_member.webhook_public[0].member == "allUsers"
    error_message = "The webhook is the public one."
  }
  assert {
    condition     = google_cloudfunctions2_function.webhook[0].service_config[0].service_account_email == google_service_account.account["webhook"].email && google_cloudfunctions2_function.worker[0].service_config[0].service_account_email == google_service_account.account["worker"].email
    error_message = "A function runs as its own account."
  }
  assert {
    condition     = alltrue([for f in [google_cloudfunctions2_function.webhook[0], google_cloudfunctions2_function.worker[0]] : f.service_config[0].environment_variables["THREADS"] == tostring(f.service_config[0].max_instance_request_concurrency)])
    error_message = "As many threads as requests at one time."
  }
  assert {
    condition     = google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["OCR_SLOTS"] == google_cloudfunctions2_function.worker[0].service_config[0].available_cpu
    error_message = "As many readings at one time as vCPUs."
  }
  assert {
    condition     = google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["WORKER_TIMEOUT_S"] == tostring(google_cloudfunctions2_function.worker[0].service_config[0].timeout_seconds)
    error_message = "The worker knows when it is cut off."
  }
  assert {
    condition     = google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["DB_USER"] == google_sql_user.account["worker"].name && google_sql_user.account["worker"].database_roles == null
    error_message = "The worker logs in as itself, with no role beyond what the migration grants."
  }
  assert {
    condition     = google_sql_user.account["migrate"].database_roles == tolist(["cloudsqlsuperuser"]) && google_sql_user.account["ops"].database_roles == null
    error_message = "The migration alone may make roles."
  }
  assert {
    condition     = google_cloud_tasks_queue.tasks.rate_limits[0].max_concurrent_dispatches == google_cloudfunctions2_function.worker[0].service_config[0].max_instance_count * google_cloudfunctions2_function.worker[0].service_config[0].max_instance_request_concurrency - 1
    error_message = "The queue sends as much at one time as the workers take, and leaves the sweep its place."
  }
  assert {
    condition     = sum([for f in [google_cloudfunctions2_function.webhook[0], google_cloudfunctions2_function.worker[0]] : f.service_config[0].max_instance_count * tonumber(f.service_config[0].available_cpu)]) <= 20
    error_message = "Both functions at their most fit the vCPUs that a new project is given in a region, or the platform refuses the second."
  }
  assert {
    condition     = sum([for f in [google_cloudfunctions2_function.webhook[0], google_cloudfunctions2_function.worker[0]] : f.service_config[0].max_instance_count * tonumber(trimsuffix(f.service_config[0].available_memory, "Gi"))]) <= 40
    error_message = "Both functions at their most fit the GiB that a new project is given in a region."
  }
  assert {
    condition     = alltrue([for f in [google_cloudfunctions2_function.webhook[0], google_cloudfunctions2_function.worker[0]] : f.build_config[0].runtime == "python313" && f.build_config[0].source[0].storage_source[0].object == var.source_object && f.build_config[0].source[0].storage_source[0].bucket == google_storage_bucket.source.name])
    error_message = "Both functions are one source."
  }
  assert {
    condition     = google_cloudfunctions2_function.webhook[0].build_config[0].entry_point == "webhook" && google_cloudfunctions2_function.worker[0].build_config[0].entry_point == "worker"
    error_message = "Each function starts at its own name in main.py."
  }
  assert {
    condition     = google_storage_bucket.media.uniform_bucket_level_access && google_storage_bucket.media.public_access_prevention == "enforced" && google_storage_bucket.media.soft_delete_policy[0].retention_duration_seconds == 604800
    error_message = "Originals are private and a deleted one can be brought back for a week."
  }
  assert {
    condition     = toset([for k, v in google_storage_bucket_iam_member.media : k if strcontains(v.role, "objectUser") || strcontains(v.role, "objectAdmin")]) == toset(["ops user", "worker user"])
    error_message = "The webhook can replace or delete no original."
  }
  assert {
    condition     = google_sql_database_instance.main.deletion_protection && google_sql_database_instance.main.settings[0].deletion_protection_enabled && google_sql_database_instance.main.settings[0].connector_enforcement == "REQUIRED" && google_sql_database_instance.main.settings[0].ip_configuration[0].ssl_mode == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" && length(google_sql_database_instance.main.settings[0].ip_configuration[0].authorized_networks) == 0
    error_message = "The database is protected, and reached through the connector only."
  }
  assert {
    condition     = google_sql_database_instance.main.settings[0].backup_configuration[0].enabled && google_sql_database_instance.main.settings[0].backup_configuration[0].point_in_time_recovery_enabled
    error_message = "The database can be brought back to any minute of the last week."
  }
  assert {
    condition     = google_sql_database.main.deletion_policy == "ABANDON" && alltrue([for user in google_sql_user.account : user.deletion_policy == "ABANDON"])
    error_message = "What Postgres refuses to drop goes with its instance, or nothing could be taken down."
  }
  assert {
    condition     = terraform_data.live.output == var.source_object && output.source_object == var.source_object
    error_message = "What is live is the source that both functions were replaced by."
  }
  assert {
    condition     = { for f in google_sql_database_instance.main.settings[0].database_flags : f.name => f.value }["cloudsql.iam_authentication"] == "on" && { for f in google_sql_database_instance.main.settings[0].database_flags : f.name => f.value }["max_connections"] == "100"
    error_message = "IAM logs in, and the limit that the precondition counts with is the one that is set."
  }
  assert {
    condition     = google_firestore_database.inbox.delete_protection_state == "DELETE_PROTECTION_ENABLED" && toset([for f in google_firestore_field.expiry : "${f.collection}.${f.field}"]) == toset(["messages.expires_at", "receipts.expires_at", "invites.expires_at"]) && alltrue([for f in google_firestore_field.expiry : length(f.ttl_config) == 1])
    error_message = "Identities cannot be dropped by accident; messages and receipts end by themselves."
  }
  assert {
    condition     = length(google_cloudbuild_trigger.push) == 0
    error_message = "No trigger without a repository."
  }
}

run "nothing_to_do_after_an_apply" {
  command = plan
}

run "private_networking" {
  variables {
    network = {
      network     = "projects/cuadra-prod/global/networks/main"
      subnetwork  = "projects/cuadra-prod/regions/us-central1/subnetworks/functions"
      worker_pool = "projects/cuadra-prod/locations/us-central1/workerPools/builds"
    }
  }

  assert {
    condition     = !google_sql_database_instance.main.settings[0].ip_configuration[0].ipv4_enabled && google_sql_database_instance.main.settings[0].ip_configuration[0].private_network == var.network.network
    error_message = "The database has a private address only."
  }
  assert {
    condition     = google_service_networking_connection.sql[0].deletion_policy == "ABANDON"
    error_message = "Google refuses to take a peering down for days after its database is gone."
  }
  assert {
    condition     = google_cloudfunctions2_function.worker[0].service_config[0].direct_vpc_network_interface[0].network == var.network.network && google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["CLOUD_SQL_IP"] == "private"
    error_message = "The worker reaches it through the network."
  }
}

run "gemini_by_key" {
  variables {
    gemini = { mode = "key" }
  }

  assert {
    condition     = [for e in google_cloudfunctions2_function.worker[0].service_config[0].secret_environment_variables : e.secret if e.key == "GEMINI_API_KEY"] == [google_secret_manager_secret.secret["gemini-api-key"].secret_id]
    error_message = "The worker mounts the key."
  }
  assert {
    condition     = !contains(keys(google_project_iam_member.account), "worker roles/aiplatform.user") && !contains(keys(google_project_service.api), "aiplatform")
    error_message = "With a key the project's own Gemini is not needed."
  }
}

run "gemini_off" {
  variables {
    gemini = { mode = "off" }
  }

  assert {
    condition     = !contains(keys(google_project_iam_member.account), "worker roles/aiplatform.user") && !contains(keys(google_secret_manager_secret.secret), "gemini-api-key")
    error_message = "Without Gemini neither its role nor its key exists."
  }
}

run "sunat_with_credentials" {
  variables {
    sunat = { ruc = "20131312955", client_id = "a1b2" }
  }

  assert {
    condition     = [for e in google_cloudfunctions2_function.worker[0].service_config[0].secret_environment_variables : e.secret if e.key == "SUNAT_CLIENT_SECRET"] == [google_secret_manager_secret.secret["sunat-client-secret"].secret_id]
    error_message = "The worker mounts the client secret."
  }
  assert {
    condition     = google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["SUNAT_RUC"] == "20131312955" && google_cloudfunctions2_function.worker[0].service_config[0].environment_variables["SUNAT_CLIENT_ID"] == "a1b2"
    error_message = "The worker knows whose credentials they are."
  }
  assert {
    condition     = !anytrue([for e in google_cloudfunctions2_function.webhook[0].service_config[0].secret_environment_variables : startswith(e.key, "SUNAT")])
    error_message = "The webhook asks SUNAT nothing."
  }
}

run "app_secret_while_it_is_rotated" {
  variables {
    secret_versions = { app_secret = "2", app_secret_previous = "1" }
  }

  assert {
    condition     = { for e in google_cloudfunctions2_function.webhook[0].service_config[0].secret_environment_variables : e.key => e.version if startswith(e.key, "WHATSAPP_APP_SECRET") } == { WHATSAPP_APP_SECRET = "2", WHATSAPP_APP_SECRET_PREVIOUS = "1" }
    error_message = "Both versions are accepted at once."
  }
}

run "alerts_on_a_phone" {
  variables {
    alert_channels = ["projects/cuadra-prod/notificationChannels/7"]
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.line : contains(policy.notification_channels, "projects/cuadra-prod/notificationChannels/7") && length(policy.notification_channels) == 2])
    error_message = "A channel of another kind hears of alerts beside the addresses."
  }
  assert {
    condition     = alltrue([for key, policy in google_monitoring_alert_policy.burn : length(policy.notification_channels) == (endswith(key, "fast") ? 2 : 1)])
    error_message = "What can wait for the morning rings on no phone."
  }
}

run "trigger_when_a_repository_is_connected" {
  variables {
    repository = "projects/cuadra-prod/locations/us-central1/connections/github/repositories/cuadra"
  }

  assert {
    condition     = google_cloudbuild_trigger.push[0].filename == "cloudbuild.yaml" && google_cloudbuild_trigger.push[0].service_account == google_service_account.account["build"].id
    error_message = "A push builds as the build account."
  }
}

run "more_connections_than_the_database_takes" {
  command = plan
  variables {
    worker = { max_instances = 11 } # two revisions of them, 4 connections each, and 15: 103
  }
  expect_failures = [google_cloudfunctions2_function.worker]
}

run "more_readings_than_the_memory_takes" {
  command = plan
  variables {
    worker = { cpu = 4 }
  }
  expect_failures = [var.worker]
}

run "as_many_as_fit" {
  command = plan
  variables {
    worker = { cpu = 4, memory = "8192Mi", max_instances = 10 }
  }
}

run "a_setting_that_terraform_sets" {
  command = plan
  variables {
    settings = { worker = { DB_POOL_SIZE = "9" } }
  }
  expect_failures = [google_cloudfunctions2_function.worker]
}

run "a_stop_before_anybody_hears_of_it" {
  command = plan
  variables {
    gemini = { usd_day = 10 }
  }
  expect_failures = [google_cloudfunctions2_function.worker]
}

run "a_cap_below_the_synthetic_sender" {
  command = plan
  variables {
    settings = { webhook = { DAILY_CAP = "100" } }
  }
  expect_failures = [google_cloud_scheduler_job.synthetic]
}

run "a_secret_among_the_settings" {
  command = plan
  variables {
    settings = { webhook = { WHATSAPP_APP_SECRET = "abc" } }
  }
  expect_failures = [var.settings]
}

run "a_worker_that_answers_elsewhere" {
  command = plan
  override_data {
    target = data.google_cloud_run_v2_service.worker[0]
    values = { urls = ["https://cuadra-worker-abc123-uc.a.run.app"] }
  }
  expect_failures = [data.google_cloud_run_v2_service.worker]
}

run "values_that_cannot_be" {
  command = plan
  variables {
    phone_number_id = "+51 934 924 158"
    project_id      = "My Project"
    region          = "us-central1-b"
    source_object   = "latest.zip"
    name            = "Cuadra!"
    alert_channels  = ["7"]
    alert_emails    = ["ops"]
    operators       = ["ana@example.com"]
    repository      = "github.com/someone/cuadra"
    secret_versions = { access_token = "latest" }
    media           = { delete_days = 10 }
    database        = { log_days = 30 }
    gemini          = { mode = "on" }
    sunat           = { ruc = "20131312955" }
    worker          = { pool = 9 }
    webhook         = { cpu = 0.5 }
    alert_limits    = { queue_depth = 0 }
    firestore       = { database = "X", backup_days = 99 }
    network         = { network = "main", subnetwork = "functions", worker_pool = "builds" }
  }
  expect_failures = [
    var.phone_number_id, var.project_id, var.region, var.source_object, var.name, var.alert_channels, var.alert_emails, var.operators, var.repository,
    var.secret_versions, var.media, var.database, var.gemini, var.sunat, var.worker, var.webhook, var.alert_limits, var.firestore, var.network,
  ]
}
