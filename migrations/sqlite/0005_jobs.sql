CREATE TABLE `discovered_tools` (
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`connection_id` text NOT NULL,
	`integration` text NOT NULL,
	`remote_name` text NOT NULL,
	`title` text NOT NULL,
	`description` text NOT NULL,
	`input_schema` text NOT NULL,
	`details` text NOT NULL,
	`fingerprint` text NOT NULL,
	`effect` text NOT NULL,
	`state` text NOT NULL,
	`offered` text,
	`approved_by` text,
	`approved_at` integer,
	`seen_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `name`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `discovered_tools_of_connection` ON `discovered_tools` (`organization_id`,`connection_id`,`remote_name`);--> statement-breakpoint
CREATE TABLE `hook_events` (
	`organization_id` text NOT NULL,
	`id` text PRIMARY KEY NOT NULL,
	`job_id` text NOT NULL,
	`message_id` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	`body` text,
	`job_run_id` text,
	`received_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hook_events_by_message` ON `hook_events` (`organization_id`,`job_id`,`message_id`);--> statement-breakpoint
CREATE INDEX `hook_events_of_job` ON `hook_events` (`organization_id`,`job_id`,`received_at`,`id`);--> statement-breakpoint
CREATE TABLE `inbox_entries` (
	`organization_id` text NOT NULL,
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`job_id` text,
	`job_run_id` text,
	`created_at` integer NOT NULL,
	`read_at` integer
);
--> statement-breakpoint
CREATE INDEX `inbox_entries_of_person` ON `inbox_entries` (`organization_id`,`user_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `job_deliveries` (
	`organization_id` text NOT NULL,
	`id` text PRIMARY KEY NOT NULL,
	`job_id` text NOT NULL,
	`job_run_id` text NOT NULL,
	`kind` text NOT NULL,
	`target` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`problem` text,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `job_deliveries_of_run` ON `job_deliveries` (`organization_id`,`job_run_id`);--> statement-breakpoint
CREATE INDEX `job_deliveries_by_status` ON `job_deliveries` (`status`,`created_at`);--> statement-breakpoint
CREATE TABLE `job_runs` (
	`organization_id` text NOT NULL,
	`id` text PRIMARY KEY NOT NULL,
	`job_id` text NOT NULL,
	`cause` text NOT NULL,
	`cause_key` text NOT NULL,
	`planned_at` integer,
	`definition` text NOT NULL,
	`payload` text,
	`trial` integer NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`conversation_id` text,
	`run_id` text,
	`problem` text,
	`started_by` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `job_runs_by_cause` ON `job_runs` (`organization_id`,`job_id`,`cause_key`);--> statement-breakpoint
CREATE INDEX `job_runs_of_job` ON `job_runs` (`organization_id`,`job_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `job_runs_by_status` ON `job_runs` (`status`,`created_at`);--> statement-breakpoint
CREATE INDEX `job_runs_of_run` ON `job_runs` (`organization_id`,`run_id`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`owner_id` text NOT NULL,
	`key_scopes` text,
	`name` text NOT NULL,
	`persona_id` text NOT NULL,
	`trigger_kind` text NOT NULL,
	`definition` text NOT NULL,
	`status` text NOT NULL,
	`paused_reason` text,
	`revision` integer NOT NULL,
	`file` text,
	`next_at` integer,
	`hook_version` integer,
	`hook_overlap_until` integer,
	`seen_schema` text,
	`drift` text,
	`schema_checked_at` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`status`,`next_at`);--> statement-breakpoint
CREATE INDEX `jobs_by_change` ON `jobs` (`organization_id`,`updated_at`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_of_owner` ON `jobs` (`organization_id`,`owner_id`);--> statement-breakpoint
CREATE TABLE `mandates` (
	`organization_id` text NOT NULL,
	`id` text PRIMARY KEY NOT NULL,
	`job_id` text NOT NULL,
	`tool` text NOT NULL,
	`limits` text NOT NULL,
	`count` integer NOT NULL,
	`used` integer NOT NULL,
	`after_outside_text` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`given_by` text NOT NULL,
	`given_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `mandates_of_job` ON `mandates` (`organization_id`,`job_id`,`ended_at`);--> statement-breakpoint
CREATE TABLE `ninox_watches` (
	`organization_id` text NOT NULL,
	`job_id` text NOT NULL,
	`place` text NOT NULL,
	`sequence` integer,
	`revision` integer NOT NULL,
	`next_at` integer NOT NULL,
	`polled_at` integer,
	`problem` text,
	`failures` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `job_id`)
);
--> statement-breakpoint
CREATE INDEX `ninox_watches_due` ON `ninox_watches` (`next_at`);--> statement-breakpoint
CREATE TABLE `queue_items` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`topic` text NOT NULL,
	`payload` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer NOT NULL,
	`lease` text,
	`leased_until` integer,
	`problem` text,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `queue_items_due` ON `queue_items` (`topic`,`status`,`due_at`);--> statement-breakpoint
CREATE INDEX `queue_items_of_organization` ON `queue_items` (`organization_id`,`topic`,`status`);--> statement-breakpoint
CREATE TABLE `touched_records` (
	`organization_id` text NOT NULL,
	`call_id` text NOT NULL,
	`channel` text NOT NULL,
	`database_id` text NOT NULL,
	`table_id` text NOT NULL,
	`record_id` text NOT NULL,
	`kind` text NOT NULL,
	`sequence` integer,
	`at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `call_id`, `table_id`, `record_id`)
);
--> statement-breakpoint
CREATE INDEX `touched_records_by_record` ON `touched_records` (`organization_id`,`database_id`,`table_id`,`record_id`);--> statement-breakpoint
CREATE INDEX `touched_records_by_time` ON `touched_records` (`at`);--> statement-breakpoint
ALTER TABLE `connections` ADD `settings` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `job_run_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `trial` integer;