CREATE TABLE "approvals" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"conversation_id" text NOT NULL,
	"run_id" text NOT NULL,
	"call_id" text NOT NULL,
	"persona_id" text NOT NULL,
	"persona_version" text NOT NULL,
	"channel" text NOT NULL,
	"tool" text,
	"connection_id" text,
	"requester_id" text NOT NULL,
	"editor_id" text,
	"body" text NOT NULL,
	"hash" text NOT NULL,
	"approvers" json,
	"four_eyes" boolean NOT NULL,
	"managers_only" boolean NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"remind_at" timestamp (3) with time zone,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"reason" text,
	"more" integer,
	"replaced_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "effects" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"kind" text NOT NULL,
	"undoes" text,
	"state" text NOT NULL,
	"happened" boolean,
	"persona_id" text NOT NULL,
	"persona_version" text NOT NULL,
	"tool" text NOT NULL,
	"channel" text NOT NULL,
	"conversation_id" text NOT NULL,
	"run_id" text NOT NULL,
	"message_id" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"approval_id" text,
	"rows" integer NOT NULL,
	"arguments" text NOT NULL,
	"code" text,
	"process_id" text NOT NULL,
	"intended_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"reconciled_at" timestamp (3) with time zone,
	"tries" integer NOT NULL,
	"next_try_at" timestamp (3) with time zone,
	"told_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "processes" (
	"id" text PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"call_id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"state" text NOT NULL,
	"undo_id" text,
	"body" text,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "waiting_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "outside_text" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "process_id" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "checkpoint" json;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "outside_text" text;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_conversation" FOREIGN KEY ("organization_id","conversation_id") REFERENCES "public"."conversations"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_call_id_effects_id_fk" FOREIGN KEY ("call_id") REFERENCES "public"."effects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "approvals_by_status" ON "approvals" USING btree ("organization_id","status","created_at","id");--> statement-breakpoint
CREATE INDEX "approvals_due" ON "approvals" USING btree ("status","expires_at");--> statement-breakpoint
CREATE INDEX "approvals_of_run" ON "approvals" USING btree ("organization_id","run_id");--> statement-breakpoint
CREATE INDEX "approvals_of_connection" ON "approvals" USING btree ("organization_id","connection_id","status");--> statement-breakpoint
CREATE INDEX "approvals_by_change" ON "approvals" USING btree ("organization_id","changed_at");--> statement-breakpoint
CREATE INDEX "effects_counted" ON "effects" USING btree ("organization_id","persona_id","tool","intended_at");--> statement-breakpoint
CREATE INDEX "effects_by_state" ON "effects" USING btree ("state","next_try_at");--> statement-breakpoint
CREATE INDEX "effects_of_run" ON "effects" USING btree ("organization_id","run_id");--> statement-breakpoint
CREATE INDEX "effects_undoing" ON "effects" USING btree ("organization_id","undoes");--> statement-breakpoint
CREATE INDEX "snapshots_by_expiry" ON "snapshots" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "snapshots_by_organization" ON "snapshots" USING btree ("organization_id");