import { z } from 'zod';
import { denialCodes } from '#agent/denials.ts';
import { approvalPolicyPattern, effects, scopes } from '#integrations/rights.ts';
import { definitionSchema } from '#personas/persona-definition.ts';
import { limitsSchema, outsideTextRules, undoRules } from '#personas/persona-schema.ts';
import { personRef } from './approvals.ts';
import { cursor, id, limit, listOf, time } from './common.ts';

export const toolView = z
  .object({
    name: z.string(),
    slug: z.string(),
    title: z.string(),
    description: z.string(),
    integration: z.string(),
    scope: z.string(),
    effect: z.enum(effects),
    /** The policy that counts: the persona's, else the tool's own. */
    approval: z.string().regex(approvalPolicyPattern),
  })
  .meta({ id: 'Tool' });
export type ToolView = z.output<typeof toolView>;

/** The settings of a file's front matter, with its instructions: the same schema for files and for the pages. */
export const personaDefinition = definitionSchema.meta({ id: 'PersonaDefinition' });
export type PersonaDefinitionInput = z.input<typeof personaDefinition>;
export type PersonaDefinition = z.output<typeof personaDefinition>;

/** Somebody a persona names to decide; `name` is null for whoever does not belong to the organization (any more). */
export const namedApproverView = z.object({ id: z.string(), name: z.string().nullable(), mayDecide: z.boolean() });
export type NamedApproverView = z.output<typeof namedApproverView>;

/** Who decides on the calls of one tool. */
export const approvalRuleView = z.object({
  /** Who alone may decide; null: whoever asked, owners and admins. */
  people: z.array(namedApproverView).nullable(),
  /** Whether it must be somebody else than whoever asked. */
  fourEyes: z.boolean(),
  /** After so many hours the question is over. */
  hours: z.int(),
});
export type ApprovalRuleView = z.output<typeof approvalRuleView>;

/** How much one persona may change with one tool: calls in a run, an hour and a day, records in a call; null is no limit. */
export const effectBudgetView = z.object({
  run: z.int().nullable(),
  hour: z.int().nullable(),
  day: z.int().nullable(),
  rows: z.int().nullable(),
});
export type EffectBudgetView = z.output<typeof effectBudgetView>;

/** What a persona may read for guests, within what it may do itself. */
export const guestsView = z.object({ scopes: z.array(z.string()), limits: limitsSchema });

export const personaView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    /** The model that answers: the persona's own, else the default one. */
    model: z.string(),
    version: z.string(),
    scopes: z.array(z.string()),
    limits: limitsSchema,
    tools: z.array(toolView),
    /** By tool; for those left out whoever asked, owners and admins decide within 24 hours. */
    approvers: z.record(z.string(), approvalRuleView),
    budget: z.object({ steps: z.int(), calls: z.int(), seconds: z.int(), tokens: z.int().nullable() }),
    /** By tool; those left out have no limit. */
    effects: z.record(z.string(), effectBudgetView),
    /** Whether every change is asked for once a run has read text from outside. */
    outsideText: z.enum(outsideTextRules),
    /** Tables strangers can write to, as `database/table`. */
    publicTables: z.array(z.string()),
    /** Whether taking back what it did needs an approval of its own. */
    undo: z.enum(undoRules),
    channels: z.array(z.string()),
    /** What is done for people who do not belong to the organization, and only reading; null: they are not answered. */
    guests: guestsView.nullable(),
    starters: z.array(z.string()),
    /** Where a persona from a file lives; null for those made in the browser. */
    file: z.string().nullable(),
    /** Counts up with every change in the browser; null for files. */
    revision: z.int().nullable(),
    archived: z.boolean(),
    /**
     * Set while the file is broken and its last good version is in use, while its model cannot be reached, or while
     * nobody may approve what it asks for.
     */
    problem: z.string().nullable(),
  })
  .meta({ id: 'Persona' });
export type PersonaView = z.output<typeof personaView>;

/** GET /api/v1/personas?archived= : sorted by name. */
export const personaListQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: limit.default(100),
  archived: z.enum(['true', 'false']).default('false'),
});
/** `problems` are files that never had a good version. */
export const personaListView = listOf(personaView).extend({
  problems: z.array(z.object({ file: z.string(), problem: z.string() })),
});
export type PersonaListView = z.output<typeof personaListView>;

/** GET /api/v1/personas/:id */
export const personaDetailView = z
  .object({
    persona: personaView,
    definition: personaDefinition,
    createdBy: z.string().nullable(),
    updatedBy: z.string().nullable(),
    updatedAt: time.nullable(),
    /** Whether the caller may change it; a file is changed where it lives. */
    editable: z.boolean(),
  })
  .meta({ id: 'PersonaDetail' });
export type PersonaDetailView = z.output<typeof personaDetailView>;

/** POST /api/v1/personas */
export const createPersonaRequest = z.strictObject({ definition: personaDefinition });
/** PUT /api/v1/personas/:id: refused with PERSONA_CHANGED when `revision` is not the newest any more. */
export const changePersonaRequest = z.strictObject({ revision: z.int(), definition: personaDefinition });
/** POST /api/v1/personas/:id/duplicate, /archive, /restore take an empty body. */
/** POST /api/v1/personas/:id/revert: makes the state of an earlier revision the newest one. */
export const revertPersonaRequest = z.strictObject({ revision: z.int(), to: z.int().min(1) });
/** POST /api/v1/persona-imports: the text of a persona file. */
export const importPersonaRequest = z.strictObject({
  fileName: z.string().max(200).default('persona.md'),
  text: z.string().max(64 * 1024),
});
/** GET /api/v1/personas/:id/file: the same text a file would have. */
export const personaFileView = z.object({ fileName: z.string(), text: z.string() }).meta({ id: 'PersonaFile' });
export type PersonaFileView = z.output<typeof personaFileView>;

export const revisionView = z
  .object({
    revision: z.int(),
    version: z.string(),
    change: z.enum(['created', 'edited', 'reverted', 'duplicated', 'imported']),
    revertedTo: z.int().nullable(),
    changedBy: z.string(),
    changedAt: time,
    definition: personaDefinition,
  })
  .meta({ id: 'PersonaRevision' });
/** GET /api/v1/personas/:id/revisions : newest first. */
export const revisionListView = listOf(revisionView);
export type RevisionView = z.output<typeof revisionView>;
export type RevisionListView = z.output<typeof revisionListView>;

/** GET /api/v1/models: what a persona can be set to. */
export const modelView = z
  .object({ id: z.string(), provider: z.string(), isDefault: z.boolean(), isDemo: z.boolean() })
  .meta({ id: 'Model' });
/** `providers` are those that are configured; a persona may name any model of theirs as provider/model. */
export const modelListView = listOf(modelView).extend({ providers: z.array(z.string()) });
export type ModelListView = z.output<typeof modelListView>;

/** Why a call would not be made, and by which rule: the guard's own words. */
export const ruleView = z.object({ code: z.enum(denialCodes), message: z.string() }).meta({ id: 'Rule' });

/** What has calls of a tool asked for: the very first one, or one later in a run. */
export const gateView = z
  .object({ why: z.enum(['policy', 'bound', 'outside_text']), when: z.enum(['at_once', 'later']), message: z.string() })
  .meta({ id: 'Gate' });
export type GateView = z.output<typeof gateView>;

/** For whom a persona is looked at: the caller, or somebody who does not belong to the organization. */
export const xRayAs = z.enum(['me', 'guest']);
export type XRayAs = z.output<typeof xRayAs>;
export const xRayQuery = z.strictObject({ as: xRayAs.default('me') });

/** GET /api/v1/personas/:id/x-ray?as= : what the persona can do for the caller, computed as the guard computes it. */
export const xRayView = z
  .object({
    /** On whose behalf, and as whom, per integration; null where there is no connection to use. */
    actor: z.object({ id: z.string(), name: z.string(), role: z.string() }),
    connections: z.array(
      z.object({
        integration: z.string(),
        connection: z
          .object({
            id: z.string(),
            label: z.string(),
            ownership: z.enum(['organization', 'personal']),
            status: z.enum(['active', 'needs_reconnect', 'revoked']),
          })
          .nullable(),
      }),
    ),
    tools: z.array(
      z.object({
        tool: toolView,
        /** What the tool takes, for the form that asks whether a call would be allowed; every value may be text. */
        parameters: z.array(z.object({ name: z.string(), description: z.string() })),
        allowed: z.boolean(),
        /** The first rule that stands in the way whatever the arguments are; null where none does. */
        blockedBy: ruleView.nullable(),
        gates: z.array(gateView),
        /** `deciders` are all who may decide on what the caller asks for; nobody can approve it where there is none. */
        rule: approvalRuleView.extend({ deciders: z.array(personRef) }),
        effects: effectBudgetView,
      }),
    ),
    outsideText: z.enum(outsideTextRules),
    publicTables: z.array(z.string()),
    /** Effective scopes and limits: persona ∩ connection ∩ actor, per integration. */
    grants: z.array(z.object({ integration: z.string(), scopes: z.array(z.enum(scopes)), limits: limitsSchema })),
    names: z.record(z.string(), z.string()),
  })
  .meta({ id: 'XRay' });
export type XRayView = z.output<typeof xRayView>;

/** POST /api/v1/personas/:id/x-ray/checks: would this call be allowed? Nothing is sent for it but reads of where things lie. */
export const xRayCheckRequest = z.strictObject({
  tool: id,
  arguments: z.record(z.string(), z.unknown()),
  as: xRayAs.default('me'),
});
export const xRayCheckView = z
  .object({
    verdict: z.enum(['allowed', 'needs_approval', 'denied']),
    /** What denies it; null where nothing does. */
    rule: ruleView.nullable(),
    /** Why it needs an approval, or would need one later in a run; none for a call that is denied. */
    gates: z.array(gateView),
    /** Every rule in the guard's order, up to the one that decided. */
    steps: z.array(z.object({ rule: z.string(), passed: z.boolean() })),
  })
  .meta({ id: 'XRayCheck' });
export type XRayCheckView = z.output<typeof xRayCheckView>;
