CREATE TABLE `audit_bodies` (
	`event_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`salt` text,
	`body` text
);
--> statement-breakpoint
CREATE TABLE `audit_events` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`day` integer NOT NULL,
	`action` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`connection_id` text,
	`persona_id` text NOT NULL,
	`persona_version` text NOT NULL,
	`channel` text NOT NULL,
	`conversation_id` text NOT NULL,
	`run_id` text NOT NULL,
	`call_id` text NOT NULL,
	`tool` text NOT NULL,
	`code` text,
	`duration_ms` integer,
	`credits` integer NOT NULL,
	`body_hash` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_events_chain` ON `audit_events` (`organization_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_events_by_day` ON `audit_events` (`organization_id`,`day`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_events_by_conversation` ON `audit_events` (`organization_id`,`conversation_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_events_by_run` ON `audit_events` (`organization_id`,`run_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_events_by_actor` ON `audit_events` (`organization_id`,`actor_id`,`seq`,`action`,`tool`,`persona_id`);--> statement-breakpoint
CREATE INDEX `audit_events_by_persona` ON `audit_events` (`organization_id`,`persona_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_events_by_tool` ON `audit_events` (`organization_id`,`tool`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_events_by_action` ON `audit_events` (`organization_id`,`action`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_events_by_persona_tool` ON `audit_events` (`organization_id`,`persona_id`,`tool`,`seq`,`action`);--> statement-breakpoint
CREATE INDEX `audit_events_by_persona_action` ON `audit_events` (`organization_id`,`persona_id`,`action`,`seq`,`tool`);--> statement-breakpoint
CREATE INDEX `audit_events_by_tool_action` ON `audit_events` (`organization_id`,`tool`,`action`,`seq`,`persona_id`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`persona_id` text NOT NULL,
	`actor_id` text NOT NULL,
	`channel` text NOT NULL,
	`title` text NOT NULL,
	`active_run_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `conversations_by_activity` ON `conversations` (`organization_id`,`actor_id`,`updated_at`,`id`);--> statement-breakpoint
CREATE TABLE `messages` (
	`organization_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`id` text NOT NULL,
	`seq` integer NOT NULL,
	`role` text NOT NULL,
	`parts` text NOT NULL,
	`metadata` text,
	`run_id` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `conversation_id`, `id`),
	FOREIGN KEY (`organization_id`,`conversation_id`) REFERENCES `conversations`(`organization_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_in_order` ON `messages` (`organization_id`,`conversation_id`,`seq`);--> statement-breakpoint
CREATE TABLE `persona_versions` (
	`organization_id` text NOT NULL,
	`persona_id` text NOT NULL,
	`version` text NOT NULL,
	`definition` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `persona_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`message_id` text NOT NULL,
	`persona_id` text NOT NULL,
	`persona_version` text NOT NULL,
	`model` text NOT NULL,
	`channel` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`status` text NOT NULL,
	`notice` text,
	`steps` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`organization_id`,`conversation_id`) REFERENCES `conversations`(`organization_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `runs_by_status` ON `runs` (`status`,`started_at`);--> statement-breakpoint
CREATE INDEX `runs_of_conversation` ON `runs` (`organization_id`,`conversation_id`,`started_at`);