CREATE TRIGGER `audit_events_refuse_update` BEFORE UPDATE ON `audit_events`
BEGIN
	SELECT RAISE(ABORT, 'audit events are append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_events_refuse_delete` BEFORE DELETE ON `audit_events`
BEGIN
	SELECT RAISE(ABORT, 'audit events are append-only');
END;
--> statement-breakpoint
-- INSERT OR REPLACE takes rows away without asking the triggers for DELETE.
CREATE TRIGGER `audit_events_refuse_replace` BEFORE INSERT ON `audit_events`
WHEN EXISTS (SELECT 1 FROM `audit_events` WHERE `id` = NEW.`id`)
	OR EXISTS (SELECT 1 FROM `audit_events` WHERE `organization_id` = NEW.`organization_id` AND `seq` = NEW.`seq`)
BEGIN
	SELECT RAISE(ABORT, 'audit events are append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_bodies_only_erase` BEFORE UPDATE ON `audit_bodies`
WHEN NEW.`salt` IS NOT NULL OR NEW.`body` IS NOT NULL
	OR NEW.`event_id` IS NOT OLD.`event_id` OR NEW.`organization_id` IS NOT OLD.`organization_id`
BEGIN
	SELECT RAISE(ABORT, 'audit bodies can only be erased');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_bodies_refuse_delete` BEFORE DELETE ON `audit_bodies`
BEGIN
	SELECT RAISE(ABORT, 'audit bodies can only be erased');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_bodies_refuse_replace` BEFORE INSERT ON `audit_bodies`
WHEN EXISTS (SELECT 1 FROM `audit_bodies` WHERE `event_id` = NEW.`event_id`)
BEGIN
	SELECT RAISE(ABORT, 'audit bodies can only be erased');
END;
--> statement-breakpoint
-- What ANALYZE would find in a large audit. Without it SQLite takes all indexes for equally good and may walk through
-- everything a persona ever did to find the few rows of one conversation.
ANALYZE sqlite_schema;
--> statement-breakpoint
INSERT INTO `sqlite_stat1` (`tbl`, `idx`, `stat`) VALUES
	('audit_events', 'audit_events_chain', '1000000 1000000 1'),
	('audit_events', 'audit_events_by_day', '1000000 1000000 3000 1'),
	('audit_events', 'audit_events_by_run', '1000000 1000000 6 1'),
	('audit_events', 'audit_events_by_conversation', '1000000 1000000 20 1'),
	('audit_events', 'audit_events_by_actor', '1000000 1000000 50000 1 1 1 1'),
	('audit_events', 'audit_events_by_persona', '1000000 1000000 200000 1'),
	('audit_events', 'audit_events_by_tool', '1000000 1000000 200000 1'),
	('audit_events', 'audit_events_by_action', '1000000 1000000 200000 1'),
	('audit_events', 'audit_events_by_persona_tool', '1000000 1000000 200000 40000 1 1'),
	('audit_events', 'audit_events_by_persona_action', '1000000 1000000 200000 40000 1 1'),
	('audit_events', 'audit_events_by_tool_action', '1000000 1000000 200000 40000 1 1');
