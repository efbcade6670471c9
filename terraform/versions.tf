terraform {
  # 1.11: write-only arguments and the mocks of `terraform test` as used here.
  required_version = ">= 1.11.0"

  required_providers {
    google = {
      source = "hashicorp/google"
      # 7.21 brought direct VPC egress to functions, which private networking needs.
      version = "~> 7.21"
    }
  }

  # The bucket comes from the command line: terraform init -backend-config=bucket=PROJECT-terraform
  backend "gcs" {
    prefix = "cuadra"
  }
}

provider "google" {
  project = var.project_id
  region  = var.region

  default_labels = {
    app = var.name
  }
}

data "google_project" "this" {
  project_id = var.project_id
}
