CREATE TABLE "discovered_tools" (
	"organization_id" text NOT NULL,
	"name" text NOT NULL,
	"connection_id" text NOT NULL,
	"integration" text NOT NULL,
	"remote_name" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"input_schema" json NOT NULL,
	"details" json NOT NULL,
	"fingerprint" text NOT NULL,
	"effect" text NOT NULL,
	"state" text NOT NULL,
	"offered" json,
	"approved_by" text,
	"approved_at" timestamp (3) with time zone,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "discovered_tools_organization_id_name_pk" PRIMARY KEY("organization_id","name")
);
--> statement-breakpoint
CREATE TABLE "hook_events" (
	"organization_id" text NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"message_id" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"body" text,
	"job_run_id" text,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox_entries" (
	"organization_id" text NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"job_id" text,
	"job_run_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "job_deliveries" (
	"organization_id" text NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"job_run_id" text NOT NULL,
	"kind" text NOT NULL,
	"target" json NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"organization_id" text NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"cause" text NOT NULL,
	"cause_key" text NOT NULL,
	"planned_at" timestamp (3) with time zone,
	"definition" json NOT NULL,
	"payload" json,
	"trial" boolean NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"conversation_id" text,
	"run_id" text,
	"problem" text,
	"started_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"owner_id" text NOT NULL,
	"key_scopes" json,
	"name" text NOT NULL,
	"persona_id" text NOT NULL,
	"trigger_kind" text NOT NULL,
	"definition" json NOT NULL,
	"status" text NOT NULL,
	"paused_reason" text,
	"revision" integer NOT NULL,
	"file" text,
	"next_at" timestamp (3) with time zone,
	"hook_version" integer,
	"hook_overlap_until" timestamp (3) with time zone,
	"seen_schema" json,
	"drift" json,
	"schema_checked_at" timestamp (3) with time zone,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "jobs_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "mandates" (
	"organization_id" text NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"tool" text NOT NULL,
	"limits" json NOT NULL,
	"count" integer NOT NULL,
	"used" integer NOT NULL,
	"after_outside_text" boolean NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"given_by" text NOT NULL,
	"given_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "ninox_watches" (
	"organization_id" text NOT NULL,
	"job_id" text NOT NULL,
	"place" text NOT NULL,
	"sequence" integer,
	"revision" integer NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"polled_at" timestamp (3) with time zone,
	"problem" text,
	"failures" integer NOT NULL,
	CONSTRAINT "ninox_watches_organization_id_job_id_pk" PRIMARY KEY("organization_id","job_id")
);
--> statement-breakpoint
CREATE TABLE "queue_items" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"topic" text NOT NULL,
	"payload" json NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"lease" text,
	"leased_until" timestamp (3) with time zone,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "touched_records" (
	"organization_id" text NOT NULL,
	"call_id" text NOT NULL,
	"channel" text NOT NULL,
	"database_id" text NOT NULL,
	"table_id" text NOT NULL,
	"record_id" text NOT NULL,
	"kind" text NOT NULL,
	"sequence" integer,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "touched_records_organization_id_call_id_table_id_record_id_pk" PRIMARY KEY("organization_id","call_id","table_id","record_id")
);
--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "settings" json;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "job_run_id" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "trial" boolean;--> statement-breakpoint
CREATE UNIQUE INDEX "discovered_tools_of_connection" ON "discovered_tools" USING btree ("organization_id","connection_id","remote_name");--> statement-breakpoint
CREATE UNIQUE INDEX "hook_events_by_message" ON "hook_events" USING btree ("organization_id","job_id","message_id");--> statement-breakpoint
CREATE INDEX "hook_events_of_job" ON "hook_events" USING btree ("organization_id","job_id","received_at","id");--> statement-breakpoint
CREATE INDEX "inbox_entries_of_person" ON "inbox_entries" USING btree ("organization_id","user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "job_deliveries_of_run" ON "job_deliveries" USING btree ("organization_id","job_run_id");--> statement-breakpoint
CREATE INDEX "job_deliveries_by_status" ON "job_deliveries" USING btree ("status","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "job_runs_by_cause" ON "job_runs" USING btree ("organization_id","job_id","cause_key");--> statement-breakpoint
CREATE INDEX "job_runs_of_job" ON "job_runs" USING btree ("organization_id","job_id","created_at","id");--> statement-breakpoint
CREATE INDEX "job_runs_by_status" ON "job_runs" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "job_runs_of_run" ON "job_runs" USING btree ("organization_id","run_id");--> statement-breakpoint
CREATE INDEX "jobs_due" ON "jobs" USING btree ("status","next_at");--> statement-breakpoint
CREATE INDEX "jobs_by_change" ON "jobs" USING btree ("organization_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "jobs_of_owner" ON "jobs" USING btree ("organization_id","owner_id");--> statement-breakpoint
CREATE INDEX "mandates_of_job" ON "mandates" USING btree ("organization_id","job_id","ended_at");--> statement-breakpoint
CREATE INDEX "ninox_watches_due" ON "ninox_watches" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "queue_items_due" ON "queue_items" USING btree ("topic","status","due_at");--> statement-breakpoint
CREATE INDEX "queue_items_of_organization" ON "queue_items" USING btree ("organization_id","topic","status");--> statement-breakpoint
CREATE INDEX "touched_records_by_record" ON "touched_records" USING btree ("organization_id","database_id","table_id","record_id");--> statement-breakpoint
CREATE INDEX "touched_records_by_time" ON "touched_records" USING btree ("at");