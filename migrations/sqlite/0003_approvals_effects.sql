CREATE TABLE `approvals` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`conversation_id` text NOT NULL,
	`run_id` text NOT NULL,
	`call_id` text NOT NULL,
	`persona_id` text NOT NULL,
	`persona_version` text NOT NULL,
	`channel` text NOT NULL,
	`tool` text,
	`connection_id` text,
	`requester_id` text NOT NULL,
	`editor_id` text,
	`body` text NOT NULL,
	`hash` text NOT NULL,
	`approvers` text,
	`four_eyes` integer NOT NULL,
	`managers_only` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`remind_at` integer,
	`decided_by` text,
	`decided_at` integer,
	`reason` text,
	`more` integer,
	`replaced_by` text,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`,`conversation_id`) REFERENCES `conversations`(`organization_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `approvals_by_status` ON `approvals` (`organization_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `approvals_due` ON `approvals` (`status`,`expires_at`);--> statement-breakpoint
CREATE INDEX `approvals_of_run` ON `approvals` (`organization_id`,`run_id`);--> statement-breakpoint
CREATE INDEX `approvals_of_connection` ON `approvals` (`organization_id`,`connection_id`,`status`);--> statement-breakpoint
CREATE INDEX `approvals_by_change` ON `approvals` (`organization_id`,`changed_at`);--> statement-breakpoint
CREATE TABLE `effects` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`kind` text NOT NULL,
	`undoes` text,
	`state` text NOT NULL,
	`happened` integer,
	`persona_id` text NOT NULL,
	`persona_version` text NOT NULL,
	`tool` text NOT NULL,
	`channel` text NOT NULL,
	`conversation_id` text NOT NULL,
	`run_id` text NOT NULL,
	`message_id` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`approval_id` text,
	`rows` integer NOT NULL,
	`arguments` text NOT NULL,
	`code` text,
	`process_id` text NOT NULL,
	`intended_at` integer NOT NULL,
	`sent_at` integer,
	`ended_at` integer,
	`reconciled_at` integer,
	`tries` integer NOT NULL,
	`next_try_at` integer,
	`told_at` integer
);
--> statement-breakpoint
CREATE INDEX `effects_counted` ON `effects` (`organization_id`,`persona_id`,`tool`,`intended_at`);--> statement-breakpoint
CREATE INDEX `effects_by_state` ON `effects` (`state`,`next_try_at`);--> statement-breakpoint
CREATE INDEX `effects_of_run` ON `effects` (`organization_id`,`run_id`);--> statement-breakpoint
CREATE INDEX `effects_undoing` ON `effects` (`organization_id`,`undoes`);--> statement-breakpoint
CREATE TABLE `processes` (
	`id` text PRIMARY KEY NOT NULL,
	`host` text NOT NULL,
	`pid` integer NOT NULL,
	`seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `snapshots` (
	`call_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`state` text NOT NULL,
	`undo_id` text,
	`body` text,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`call_id`) REFERENCES `effects`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `snapshots_by_expiry` ON `snapshots` (`expires_at`);--> statement-breakpoint
CREATE INDEX `snapshots_by_organization` ON `snapshots` (`organization_id`);--> statement-breakpoint
ALTER TABLE `conversations` ADD `waiting_since` integer;--> statement-breakpoint
ALTER TABLE `conversations` ADD `outside_text` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `process_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `checkpoint` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `outside_text` text;