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
