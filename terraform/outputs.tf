output "build_command" {
  description = "A build by hand, from the root of a checkout. beta is what shows its log while it runs: the log is in Cloud Logging alone."
  value = join(" ", [
    "gcloud beta builds submit --project ${var.project_id} --region ${var.region} --config cloudbuild.yaml",
    "--service-account ${google_service_account.account["build"].id}",
    "--substitutions ${join(",", [for k, v in local._substitutions : "${k}=${v}"])}",
  ])
}

output "database" {
  description = "Cloud SQL instance as the connector names it."
  value       = google_sql_database_instance.main.connection_name
}

output "environment" {
  description = "What python -m infra.ops and the migration read, as environment variables; no secret is in it."
  value       = local._environment
}

output "environment_object" {
  description = "The same as an object that operators may read (and of Terraform's own bucket nothing)."
  value       = "gs://${google_storage_bucket_object.environment.bucket}/${google_storage_bucket_object.environment.name}"
}

output "media_bucket" {
  description = "Where the original files are."
  value       = google_storage_bucket.media.name
}

output "meta" {
  description = "What goes into Meta's console, and where each secret's value comes from."
  value = {
    callback_url                = try("${google_cloudfunctions2_function.webhook[0].service_config[0].uri}/webhook/whatsapp", "not deployed yet")
    verify_token                = "gcloud secrets versions access ${var.secret_versions.verify_token} --secret ${google_secret_manager_secret.secret["whatsapp-verify-token"].secret_id} --project ${var.project_id}"
    webhook_fields              = ["messages"]
    phone_number_id             = var.phone_number_id
    secret_for_access_token     = google_secret_manager_secret.secret["whatsapp-access-token"].secret_id
    secret_for_app_secret       = google_secret_manager_secret.secret["whatsapp-app-secret"].secret_id
    secret_for_the_verify_token = google_secret_manager_secret.secret["whatsapp-verify-token"].secret_id
  }
}

output "service_accounts" {
  description = "Each account's address by its part."
  value       = { for who, account in google_service_account.account : who => account.email }
}

output "source_bucket" {
  description = "Where the build puts the functions' source."
  value       = google_storage_bucket.source.name
}

output "source_object" {
  description = "The source that both functions run, or none; after an apply that failed, the one before."
  value       = terraform_data.live.output
}

output "webhook_url" {
  description = "The address that Meta calls, or nothing before the first build."
  value       = try("${google_cloudfunctions2_function.webhook[0].service_config[0].uri}/webhook/whatsapp", "")
}

output "worker_url" {
  description = "Where the queue and the scheduler call the worker; also the audience of their tokens."
  value       = local._worker_url
}
