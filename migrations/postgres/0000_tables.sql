CREATE TABLE "audit_bodies" (
	"event_id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"salt" text,
	"body" text
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"day" integer NOT NULL,
	"action" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"connection_id" text,
	"persona_id" text NOT NULL,
	"persona_version" text NOT NULL,
	"channel" text NOT NULL,
	"conversation_id" text NOT NULL,
	"run_id" text NOT NULL,
	"call_id" text NOT NULL,
	"tool" text NOT NULL,
	"code" text,
	"duration_ms" integer,
	"credits" integer NOT NULL,
	"body_hash" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"persona_id" text NOT NULL,
	"actor_id" text NOT NULL,
	"channel" text NOT NULL,
	"title" text NOT NULL,
	"active_run_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "conversations_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"organization_id" text NOT NULL,
	"conversation_id" text NOT NULL,
	"id" text NOT NULL,
	"seq" integer NOT NULL,
	"role" text NOT NULL,
	"parts" json NOT NULL,
	"metadata" json,
	"run_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "messages_organization_id_conversation_id_id_pk" PRIMARY KEY("organization_id","conversation_id","id")
);
--> statement-breakpoint
CREATE TABLE "persona_versions" (
	"organization_id" text NOT NULL,
	"persona_id" text NOT NULL,
	"version" text NOT NULL,
	"definition" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "persona_versions_organization_id_persona_id_version_pk" PRIMARY KEY("organization_id","persona_id","version")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"conversation_id" text NOT NULL,
	"message_id" text NOT NULL,
	"persona_id" text NOT NULL,
	"persona_version" text NOT NULL,
	"model" text NOT NULL,
	"channel" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"status" text NOT NULL,
	"notice" text,
	"steps" integer NOT NULL,
	"input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation" FOREIGN KEY ("organization_id","conversation_id") REFERENCES "public"."conversations"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_conversation" FOREIGN KEY ("organization_id","conversation_id") REFERENCES "public"."conversations"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_events_chain" ON "audit_events" USING btree ("organization_id","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_day" ON "audit_events" USING btree ("organization_id","day","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_conversation" ON "audit_events" USING btree ("organization_id","conversation_id","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_run" ON "audit_events" USING btree ("organization_id","run_id","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_actor" ON "audit_events" USING btree ("organization_id","actor_id","seq","action","tool","persona_id");--> statement-breakpoint
CREATE INDEX "audit_events_by_persona" ON "audit_events" USING btree ("organization_id","persona_id","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_tool" ON "audit_events" USING btree ("organization_id","tool","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_action" ON "audit_events" USING btree ("organization_id","action","seq");--> statement-breakpoint
CREATE INDEX "audit_events_by_persona_tool" ON "audit_events" USING btree ("organization_id","persona_id","tool","seq","action");--> statement-breakpoint
CREATE INDEX "audit_events_by_persona_action" ON "audit_events" USING btree ("organization_id","persona_id","action","seq","tool");--> statement-breakpoint
CREATE INDEX "audit_events_by_tool_action" ON "audit_events" USING btree ("organization_id","tool","action","seq","persona_id");--> statement-breakpoint
CREATE INDEX "conversations_by_activity" ON "conversations" USING btree ("organization_id","actor_id","updated_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_in_order" ON "messages" USING btree ("organization_id","conversation_id","seq");--> statement-breakpoint
CREATE INDEX "runs_by_status" ON "runs" USING btree ("status","started_at");--> statement-breakpoint
CREATE INDEX "runs_of_conversation" ON "runs" USING btree ("organization_id","conversation_id","started_at");