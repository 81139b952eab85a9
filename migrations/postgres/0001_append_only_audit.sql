CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit is append-only: % on % refused', TG_OP, TG_TABLE_NAME;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_events_refuse_truncate" BEFORE TRUNCATE ON "audit_events"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_bodies_only_erase" BEFORE UPDATE ON "audit_bodies"
	FOR EACH ROW
	WHEN (NEW."salt" IS NOT NULL OR NEW."body" IS NOT NULL
		OR NEW."event_id" IS DISTINCT FROM OLD."event_id" OR NEW."organization_id" IS DISTINCT FROM OLD."organization_id")
	EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_bodies_refuse_delete" BEFORE DELETE ON "audit_bodies"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_bodies_refuse_truncate" BEFORE TRUNCATE ON "audit_bodies"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
