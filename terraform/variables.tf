variable "alert_channels" {
  description = "Notification channels of other kinds that hear of every alert too, made in the console (Monitoring > Alerting > Edit notification channels: a phone, Slack, PagerDuty), as projects/P/notificationChannels/N."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for c in var.alert_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", c))])
    error_message = "Each of alert_channels must look like projects/P/notificationChannels/N."
  }
}

variable "alert_emails" {
  description = "Who is written to when an alert opens. Empty: only alert_channels hear of it, or the console alone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for e in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", e))])
    error_message = "Each of alert_emails must be an e-mail address."
  }
}

variable "alert_limits" {
  description = "Where alerts open: queue_depth in tasks, cost_usd_day in US dollars of model use a day, answer_p95_s in seconds from message to answer."
  type = object({
    queue_depth  = optional(number, 200)
    cost_usd_day = optional(number, 20)
    answer_p95_s = optional(number, 60)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for v in values(var.alert_limits) : v > 0])
    error_message = "Every one of alert_limits must be above zero."
  }
}

variable "database" {
  description = "Cloud SQL for PostgreSQL. max_connections is set on the instance and checked against what the workers can open."
  type = object({
    version             = optional(string, "POSTGRES_17")
    edition             = optional(string, "ENTERPRISE")
    tier                = optional(string, "db-custom-1-3840")
    availability        = optional(string, "ZONAL")
    disk_gb             = optional(number, 10)
    disk_limit_gb       = optional(number, 200)
    max_connections     = optional(number, 100)
    backups             = optional(number, 30)
    log_days            = optional(number, 7)
    deletion_protection = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^POSTGRES_1[5-9]$", var.database.version))
    error_message = "database.version must be POSTGRES_15 or newer: roles and row-level security are tested on 15 and above."
  }
  validation {
    condition     = contains(["ENTERPRISE", "ENTERPRISE_PLUS"], var.database.edition)
    error_message = "database.edition must be ENTERPRISE or ENTERPRISE_PLUS."
  }
  validation {
    condition     = contains(["ZONAL", "REGIONAL"], var.database.availability)
    error_message = "database.availability must be ZONAL (one machine) or REGIONAL (a standby in another zone, twice the price)."
  }
  validation {
    condition     = var.database.log_days >= 1 && var.database.log_days <= (var.database.edition == "ENTERPRISE_PLUS" ? 35 : 7)
    error_message = "database.log_days (point-in-time recovery) must be from 1 to 7 on ENTERPRISE, to 35 on ENTERPRISE_PLUS."
  }
  validation {
    condition     = var.database.backups >= var.database.log_days
    error_message = "database.backups must be at least log_days: recovery starts from a backup."
  }
}

variable "firestore" {
  description = "The Firestore database. Its location can never be changed; empty means the region. backup_days is how long each day's backup is kept."
  type = object({
    database    = optional(string, "(default)")
    location    = optional(string, "")
    backup_days = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.firestore.database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.firestore.database))
    error_message = "firestore.database must be (default) or 4 to 63 lower-case letters, digits and hyphens."
  }
  validation {
    condition     = var.firestore.backup_days >= 1 && var.firestore.backup_days <= 98
    error_message = "firestore.backup_days must be from 1 to 98, which is as long as Firestore keeps a backup."
  }
}

variable "gemini" {
  description = "How documents are read beyond the own OCR. usd_day is the hard stop: US dollars a day after which no model is asked until the next. platform: Gemini by the worker's own identity, no key; key: with the secret gemini-api-key; off: own OCR only. Empty names mean the code's defaults."
  type = object({
    mode         = optional(string, "platform")
    model        = optional(string, "")
    strong_model = optional(string, "")
    location     = optional(string, "")
    usd_day      = optional(number, 50)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.gemini.usd_day >= 0
    error_message = "gemini.usd_day must not be below zero."
  }
  validation {
    condition     = contains(["platform", "key", "off"], var.gemini.mode)
    error_message = "gemini.mode must be platform, key or off."
  }
}

variable "media" {
  description = "The bucket of original files, in days: when they move to cheaper storage, and how long a deleted one can be brought back. delete_days null keeps originals for ever."
  type = object({
    nearline_days    = optional(number, 90)
    coldline_days    = optional(number, 365)
    delete_days      = optional(number)
    soft_delete_days = optional(number, 7)
  })
  default  = {}
  nullable = false

  validation {
    condition     = 0 < var.media.nearline_days && var.media.nearline_days < var.media.coldline_days
    error_message = "media.nearline_days must be above zero and below media.coldline_days."
  }
  validation {
    condition     = var.media.delete_days == null ? true : var.media.delete_days > var.media.coldline_days
    error_message = "media.delete_days must be above media.coldline_days, or null to keep originals for ever."
  }
  validation {
    condition     = var.media.soft_delete_days >= 7 && var.media.soft_delete_days <= 90
    error_message = "media.soft_delete_days must be from 7 to 90."
  }
}

variable "name" {
  description = "What every resource's name begins with."
  type        = string
  default     = "cuadra"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 16 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "network" {
  description = "Private networking: the VPC and subnetwork through which functions reach the database's private address, and the private worker pool that Cloud Build migrates from. Null: the database has a public address that only the Cloud SQL connector is let in through."
  type = object({
    network     = string
    subnetwork  = string
    worker_pool = string
  })
  default = null

  validation {
    condition     = var.network == null ? true : can(regex("^projects/[^/]+/global/networks/[^/]+$", var.network.network))
    error_message = "network.network must look like projects/P/global/networks/N."
  }
  validation {
    condition     = var.network == null ? true : can(regex("^projects/[^/]+/regions/[^/]+/subnetworks/[^/]+$", var.network.subnetwork))
    error_message = "network.subnetwork must look like projects/P/regions/R/subnetworks/S."
  }
  validation {
    condition     = var.network == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/workerPools/[^/]+$", var.network.worker_pool))
    error_message = "network.worker_pool must look like projects/P/locations/R/workerPools/W."
  }
}

variable "operators" {
  description = "Who may act as the operator account (python -m infra.ops), as IAM members: user:…, group:…"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for m in var.operators : can(regex("^(user|group|serviceAccount):[^@\\s]+@[^@\\s]+$", m))])
    error_message = "Each of operators must be an IAM member such as user:ana@example.com or group:ops@example.com."
  }
}

variable "phone_number_id" {
  description = "Meta's id of the business number (WhatsApp > API Setup > Phone number ID): digits, not the number itself."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{6,20}$", var.phone_number_id))
    error_message = "phone_number_id must be 6 to 20 digits; it is the id, not the phone number."
  }
}

variable "project_id" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project's id (6 to 30 lower-case letters, digits and hyphens), not its name or number."
  }
}

variable "region" {
  description = "Where everything runs: one region, so that nothing crosses an ocean between two steps. It cannot be changed later. A new project may be let build in some regions only (docs/deploy.md, Before anything is made); the default is one of them."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region such as us-central1, not a zone or a multi-region."
  }
}

variable "repository" {
  description = "A repository connected to Cloud Build (2nd generation), projects/P/locations/R/connections/C/repositories/N. Null: no trigger, builds are submitted by hand."
  type        = string
  default     = null

  validation {
    condition     = var.repository == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/connections/[^/]+/repositories/[^/]+$", var.repository))
    error_message = "repository must look like projects/P/locations/R/connections/C/repositories/N."
  }
}

variable "secret_versions" {
  description = "The version of each secret that the functions mount. The first value ever added is version 1. app_secret_previous is set only while the app secret is being rotated."
  type = object({
    access_token        = optional(string, "1")
    app_secret          = optional(string, "1")
    app_secret_previous = optional(string)
    verify_token        = optional(string, "1")
    gemini_api_key      = optional(string, "1")
    sunat_client_secret = optional(string, "1")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for v in values(var.secret_versions) : v == null ? true : can(regex("^[1-9][0-9]*$", v))])
    error_message = "Each of secret_versions must be a version's number; a pinned version is what makes a rollback exact."
  }
  validation {
    condition     = var.secret_versions.app_secret_previous != var.secret_versions.app_secret
    error_message = "secret_versions.app_secret_previous must be another version than app_secret."
  }
}

variable "settings" {
  description = "Further settings by their environment names (README, Settings) for both functions or one, for example { worker = { HELP_CONTACT = \"…\" } }. What Terraform sets itself cannot be set here."
  type = object({
    both    = optional(map(string), {})
    webhook = optional(map(string), {})
    worker  = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for k in concat(keys(var.settings.both), keys(var.settings.webhook), keys(var.settings.worker)) : can(regex("^[A-Z][A-Z0-9_]*$", k))])
    error_message = "The names in settings must be upper-case environment names."
  }
  validation {
    condition     = alltrue([for k in concat(keys(var.settings.both), keys(var.settings.webhook), keys(var.settings.worker)) : !can(regex("SECRET|TOKEN|API_KEY|DATABASE_URL", k))])
    error_message = "Secrets do not belong in settings: they would be readable in the console and in the state. Add a version to the secret instead."
  }
}

variable "source_object" {
  description = "Name of the functions' source in the source bucket, source/<sha256>.zip; Cloud Build gives it. The word none, for the very first apply, builds everything but the functions."
  type        = string
  nullable    = false

  validation {
    condition     = var.source_object == "none" || can(regex("^source/[0-9a-f]{64}\\.zip$", var.source_object))
    error_message = "source_object must be source/<sha256>.zip as the build uploads it, or none for the first apply. The live one: terraform output -raw source_object"
  }
}

# Measured: under 0.1 GiB with the embedded inbox; Firestore's client and sixteen requests' files, of 8 MiB each and held twice while they are
# uploaded, come on top. With the worker's, instances and sizes stay below what a new project is given: 20 vCPU and 40 GiB a region.
variable "sunat" {
  description = "Whose credentials ask SUNAT whether a comprobante is as it was read (Consulta Integrada de CPE): the RUC, and the client id that its principal SOL user made. The client secret goes into the secret sunat-client-secret. Empty: SUNAT is not asked."
  type = object({
    ruc       = optional(string, "")
    client_id = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.sunat.ruc == "" ? var.sunat.client_id == "" : can(regex("^[0-9]{11}$", var.sunat.ruc)) && var.sunat.client_id != ""
    error_message = "sunat needs both its ruc (11 digits) and its client_id, or neither."
  }
}

variable "webhook" {
  description = "Size of the webhook. concurrency is requests, and threads, an instance."
  type = object({
    concurrency   = optional(number, 16)
    cpu           = optional(number, 1)
    memory        = optional(string, "1Gi")
    min_instances = optional(number, 1)
    max_instances = optional(number, 6)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.webhook.concurrency >= 1 && var.webhook.concurrency <= 80
    error_message = "webhook.concurrency must be from 1 to 80."
  }
  validation {
    condition     = var.webhook.cpu >= 1
    error_message = "webhook.cpu must be 1 or more: below it Cloud Run serves one request at a time."
  }
  validation {
    condition     = var.webhook.min_instances <= var.webhook.max_instances
    error_message = "webhook.min_instances must not exceed webhook.max_instances."
  }
}

# Measured on two cores: four senders' sixteen photos at once take 0.8 GiB (proportional share of all the worker's processes). A hostile
# file's child may take 1.2 GiB more before it is stopped, an OCR process 0.35 GiB, and as many are read at one time as there are vCPUs.
variable "worker" {
  description = "Size of the worker. concurrency is tasks, and threads, an instance; pool is database connections an instance; readings at one time are one a vCPU."
  type = object({
    concurrency   = optional(number, 8)
    cpu           = optional(number, 2)
    memory        = optional(string, "4Gi")
    pool          = optional(number, 4)
    min_instances = optional(number, 0)
    max_instances = optional(number, 7)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains([1, 2, 4, 8], var.worker.cpu)
    error_message = "worker.cpu must be 1, 2, 4 or 8."
  }
  validation {
    condition     = var.worker.concurrency > var.worker.cpu && var.worker.concurrency <= 20
    error_message = "worker.concurrency must be more than worker.cpu (a thread is left for what needs no reading), and at most 20."
  }
  validation {
    condition     = var.worker.pool >= 1 && var.worker.pool <= var.worker.concurrency
    error_message = "worker.pool must be from 1 to worker.concurrency: a task uses one connection at a time."
  }
  validation {
    condition     = can(regex("^[0-9]+(Mi|Gi)$", var.worker.memory)) ? tonumber(trimsuffix(trimsuffix(var.worker.memory, "Gi"), "Mi")) * (endswith(var.worker.memory, "Gi") ? 1024 : 1) >= 1024 * (0.8 + 1.6 * var.worker.cpu) : false
    error_message = "worker.memory must be in Mi or Gi, and at least 0.8 + 1.6 x worker.cpu GiB: one document is read a vCPU, and each may need a child and an OCR process."
  }
  validation {
    condition     = var.worker.min_instances <= var.worker.max_instances
    error_message = "worker.min_instances must not exceed worker.max_instances."
  }
}
