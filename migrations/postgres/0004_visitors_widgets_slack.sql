CREATE TABLE "completion_threads" (
	"organization_id" text NOT NULL,
	"actor_id" text NOT NULL,
	"history_hash" text NOT NULL,
	"conversation_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "completion_threads_organization_id_actor_id_history_hash_pk" PRIMARY KEY("organization_id","actor_id","history_hash")
);
--> statement-breakpoint
CREATE TABLE "ended_tokens" (
	"organization_id" text NOT NULL,
	"token_hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"organization_id" text NOT NULL,
	"actor_id" text NOT NULL,
	"key_hash" text NOT NULL,
	"request_hash" text NOT NULL,
	"conversation_id" text NOT NULL,
	"message_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_organization_id_actor_id_key_hash_pk" PRIMARY KEY("organization_id","actor_id","key_hash")
);
--> statement-breakpoint
CREATE TABLE "link_codes" (
	"code_hash" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "message_counts" (
	"organization_id" text NOT NULL,
	"subject" text NOT NULL,
	"day" text NOT NULL,
	"messages" integer NOT NULL,
	CONSTRAINT "message_counts_organization_id_subject_day_pk" PRIMARY KEY("organization_id","subject","day")
);
--> statement-breakpoint
CREATE TABLE "outside_links" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"place" text NOT NULL,
	"external" text NOT NULL,
	"name" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "outside_links_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "slack_answers" (
	"organization_id" text NOT NULL,
	"run_id" text PRIMARY KEY NOT NULL,
	"conversation_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"thread_ts" text NOT NULL,
	"slack_user_id" text NOT NULL,
	"message_ts" text,
	"control_ts" text,
	"posted_parts" integer NOT NULL,
	"status" text NOT NULL,
	"process_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slack_cards" (
	"organization_id" text NOT NULL,
	"approval_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"ts" text NOT NULL,
	"shows" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "slack_cards_connection_id_channel_id_ts_pk" PRIMARY KEY("connection_id","channel_id","ts")
);
--> statement-breakpoint
CREATE TABLE "slack_channels" (
	"organization_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"persona_id" text NOT NULL,
	"chosen_by" text NOT NULL,
	"chosen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "slack_channels_organization_id_connection_id_channel_id_pk" PRIMARY KEY("organization_id","connection_id","channel_id")
);
--> statement-breakpoint
CREATE TABLE "slack_events" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"kind" text NOT NULL,
	"lane" text NOT NULL,
	"seq" integer NOT NULL,
	"body" json,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"process_id" text,
	"problem" text,
	"received_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "slack_workspaces" (
	"organization_id" text NOT NULL,
	"connection_id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"enterprise_id" text,
	"team_name" text NOT NULL,
	"app_id" text NOT NULL,
	"bot_user_id" text NOT NULL,
	"bot_id" text NOT NULL,
	"persona_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "visitors" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"place" text NOT NULL,
	"external" text NOT NULL,
	"identified" boolean NOT NULL,
	"name" text NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "visitors_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "widget_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"widget_id" text NOT NULL,
	"algorithm" text NOT NULL,
	"public_key" json,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "widgets" (
	"organization_id" text NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"persona_id" text NOT NULL,
	"is_on" boolean NOT NULL,
	"origins" json NOT NULL,
	"identified_only" boolean NOT NULL,
	"attachments" boolean NOT NULL,
	"appearance" json NOT NULL,
	"limits" json NOT NULL,
	"revision" integer NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "place" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "place" text;--> statement-breakpoint
ALTER TABLE "link_codes" ADD CONSTRAINT "link_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outside_links" ADD CONSTRAINT "outside_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "widget_keys" ADD CONSTRAINT "widget_keys_widget_id_widgets_id_fk" FOREIGN KEY ("widget_id") REFERENCES "public"."widgets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "completion_threads_by_age" ON "completion_threads" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "ended_tokens_by_expiry" ON "ended_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "outside_links_once" ON "outside_links" USING btree ("organization_id","kind","place","external");--> statement-breakpoint
CREATE INDEX "outside_links_by_user" ON "outside_links" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "slack_answers_open" ON "slack_answers" USING btree ("status","updated_at");--> statement-breakpoint
CREATE INDEX "slack_answers_of_thread" ON "slack_answers" USING btree ("organization_id","connection_id","channel_id","thread_ts");--> statement-breakpoint
CREATE INDEX "slack_cards_of_approval" ON "slack_cards" USING btree ("organization_id","approval_id");--> statement-breakpoint
CREATE INDEX "slack_cards_by_state" ON "slack_cards" USING btree ("shows","created_at");--> statement-breakpoint
CREATE INDEX "slack_events_due" ON "slack_events" USING btree ("status","due_at","seq");--> statement-breakpoint
CREATE INDEX "slack_events_of_lane" ON "slack_events" USING btree ("lane","status","seq");--> statement-breakpoint
CREATE INDEX "slack_events_of_organization" ON "slack_events" USING btree ("organization_id","received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "slack_workspaces_by_team" ON "slack_workspaces" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "slack_workspaces_of_organization" ON "slack_workspaces" USING btree ("organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "visitors_once" ON "visitors" USING btree ("organization_id","kind","place","identified","external");--> statement-breakpoint
CREATE INDEX "widget_keys_of_widget" ON "widget_keys" USING btree ("widget_id","created_at");--> statement-breakpoint
CREATE INDEX "widgets_by_organization" ON "widgets" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "runs_by_actor" ON "runs" USING btree ("organization_id","actor_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_by_place" ON "runs" USING btree ("organization_id","place","started_at");