CREATE TABLE `completion_threads` (
	`organization_id` text NOT NULL,
	`actor_id` text NOT NULL,
	`history_hash` text NOT NULL,
	`conversation_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `actor_id`, `history_hash`)
);
--> statement-breakpoint
CREATE INDEX `completion_threads_by_age` ON `completion_threads` (`created_at`);--> statement-breakpoint
CREATE TABLE `ended_tokens` (
	`organization_id` text NOT NULL,
	`token_hash` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ended_tokens_by_expiry` ON `ended_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`organization_id` text NOT NULL,
	`actor_id` text NOT NULL,
	`key_hash` text NOT NULL,
	`request_hash` text NOT NULL,
	`conversation_id` text NOT NULL,
	`message_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `actor_id`, `key_hash`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `link_codes` (
	`code_hash` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `message_counts` (
	`organization_id` text NOT NULL,
	`subject` text NOT NULL,
	`day` text NOT NULL,
	`messages` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `subject`, `day`)
);
--> statement-breakpoint
CREATE TABLE `outside_links` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`place` text NOT NULL,
	`external` text NOT NULL,
	`name` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	PRIMARY KEY(`organization_id`, `id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outside_links_once` ON `outside_links` (`organization_id`,`kind`,`place`,`external`);--> statement-breakpoint
CREATE INDEX `outside_links_by_user` ON `outside_links` (`organization_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `slack_answers` (
	`organization_id` text NOT NULL,
	`run_id` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`thread_ts` text NOT NULL,
	`slack_user_id` text NOT NULL,
	`message_ts` text,
	`control_ts` text,
	`posted_parts` integer NOT NULL,
	`status` text NOT NULL,
	`process_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `slack_answers_open` ON `slack_answers` (`status`,`updated_at`);--> statement-breakpoint
CREATE INDEX `slack_answers_of_thread` ON `slack_answers` (`organization_id`,`connection_id`,`channel_id`,`thread_ts`);--> statement-breakpoint
CREATE TABLE `slack_cards` (
	`organization_id` text NOT NULL,
	`approval_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`ts` text NOT NULL,
	`shows` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `channel_id`, `ts`)
);
--> statement-breakpoint
CREATE INDEX `slack_cards_of_approval` ON `slack_cards` (`organization_id`,`approval_id`);--> statement-breakpoint
CREATE INDEX `slack_cards_by_state` ON `slack_cards` (`shows`,`created_at`);--> statement-breakpoint
CREATE TABLE `slack_channels` (
	`organization_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`persona_id` text NOT NULL,
	`chosen_by` text NOT NULL,
	`chosen_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `connection_id`, `channel_id`)
);
--> statement-breakpoint
CREATE TABLE `slack_events` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`kind` text NOT NULL,
	`lane` text NOT NULL,
	`seq` integer NOT NULL,
	`body` text,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer NOT NULL,
	`process_id` text,
	`problem` text,
	`received_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `slack_events_due` ON `slack_events` (`status`,`due_at`,`seq`);--> statement-breakpoint
CREATE INDEX `slack_events_of_lane` ON `slack_events` (`lane`,`status`,`seq`);--> statement-breakpoint
CREATE INDEX `slack_events_of_organization` ON `slack_events` (`organization_id`,`received_at`);--> statement-breakpoint
CREATE TABLE `slack_workspaces` (
	`organization_id` text NOT NULL,
	`connection_id` text PRIMARY KEY NOT NULL,
	`team_id` text NOT NULL,
	`enterprise_id` text,
	`team_name` text NOT NULL,
	`app_id` text NOT NULL,
	`bot_user_id` text NOT NULL,
	`bot_id` text NOT NULL,
	`persona_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `slack_workspaces_by_team` ON `slack_workspaces` (`team_id`);--> statement-breakpoint
CREATE INDEX `slack_workspaces_of_organization` ON `slack_workspaces` (`organization_id`);--> statement-breakpoint
CREATE TABLE `visitors` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`place` text NOT NULL,
	`external` text NOT NULL,
	`identified` integer NOT NULL,
	`name` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `visitors_once` ON `visitors` (`organization_id`,`kind`,`place`,`identified`,`external`);--> statement-breakpoint
CREATE TABLE `widget_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`widget_id` text NOT NULL,
	`algorithm` text NOT NULL,
	`public_key` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer,
	FOREIGN KEY (`widget_id`) REFERENCES `widgets`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `widget_keys_of_widget` ON `widget_keys` (`widget_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `widgets` (
	`organization_id` text NOT NULL,
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`persona_id` text NOT NULL,
	`is_on` integer NOT NULL,
	`origins` text NOT NULL,
	`identified_only` integer NOT NULL,
	`attachments` integer NOT NULL,
	`appearance` text NOT NULL,
	`limits` text NOT NULL,
	`revision` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `widgets_by_organization` ON `widgets` (`organization_id`,`created_at`,`id`);--> statement-breakpoint
ALTER TABLE `conversations` ADD `place` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `place` text;--> statement-breakpoint
CREATE INDEX `runs_by_actor` ON `runs` (`organization_id`,`actor_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `runs_by_place` ON `runs` (`organization_id`,`place`,`started_at`);