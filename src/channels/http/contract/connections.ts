import { z } from 'zod';
import { signInProblems } from '#connections/oauth/sign-in-problem.ts';
import { integrationCategories } from '#integrations/categories.ts';
import { formFieldKinds } from '#integrations/form-field-kinds.ts';
import { effects, scopes } from '#integrations/rights.ts';
import { limitsSchema } from '#personas/persona-schema.ts';
import { cursor, id, limit, listOf, nameInput, time } from './common.ts';
import { toolView } from './personas.ts';

export const resourceView = z.object({ id: z.string(), name: z.string() }).meta({ id: 'Resource' });
export const resourceListView = listOf(resourceView);
export type ResourceView = z.output<typeof resourceView>;
export type ResourceListView = z.output<typeof resourceListView>;

const connectionStatus = z.enum(['active', 'needs_reconnect', 'revoked']);

const formFieldView = z
  .object({
    name: z.string(),
    title: z.string(),
    /** In a sentence; empty where the title says it all. */
    help: z.string(),
    kind: z.enum(formFieldKinds),
    required: z.boolean(),
    /** Of a choice; the first is taken where nothing is chosen. Empty for all others. */
    choices: z.array(z.object({ value: z.string(), title: z.string() })),
    example: z.string().nullable(),
  })
  .meta({ id: 'FormField' });
export type FormFieldView = z.output<typeof formFieldView>;

/** GET /api/v1/integrations?search=&category= */
export const integrationListQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: limit.default(30),
  search: z.string().max(80).optional(),
  category: z.enum(integrationCategories).optional(),
});
export const integrationView = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    category: z.enum(integrationCategories),
    /** `own`: over routes and a page of its own, as Slack. `form`: over the fields below. */
    auth: z.enum(['api_key', 'oauth', 'own', 'form']),
    keyHelp: z.string().nullable(),
    /** What is filled in, for `form`; empty for all others. A secret is sent once and never comes back. */
    fields: z.array(formFieldView),
    places: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        description: z.string(),
        baseUrl: z.string().nullable(),
        addressExample: z.string().nullable(),
        bringsKey: z.boolean(),
      }),
    ),
    scopes: z.array(z.object({ scope: z.enum(scopes), title: z.string(), effect: z.enum(effects) })),
    tools: z.array(toolView),
    /** How many connections that may be used there are, for the caller. */
    connections: z.int(),
  })
  .meta({ id: 'Integration' });
export const integrationListView = listOf(integrationView);
export type IntegrationView = z.output<typeof integrationView>;
export type IntegrationListView = z.output<typeof integrationListView>;

export const connectionView = z
  .object({
    id: z.string(),
    integration: z.string(),
    label: z.string(),
    ownership: z.enum(['organization', 'personal']),
    owner: z.object({ id: z.string(), name: z.string() }).nullable(),
    place: z.string(),
    baseUrl: z.string(),
    auth: z.enum(['api_key', 'oauth']),
    /** What was filled in, but for what is secret, by the names of the fields; null for one that is not made over a form. */
    settings: z.record(z.string(), z.unknown()).nullable(),
    status: connectionStatus,
    scopes: z.array(z.string()),
    limits: limitsSchema,
    /** Names for the ids in `limits`, as they were when they were picked. */
    limitNames: z.record(z.string(), z.string()),
    revision: z.int(),
    isStandIn: z.boolean(),
    /** Whether the caller may change or revoke it. */
    manageable: z.boolean(),
    health: z.object({
      lastUsedAt: time.nullable(),
      lastCheckedAt: time.nullable(),
      /** Why the last check failed; null while all is well. */
      problem: z.string().nullable(),
      /** When the key that counts was put in. */
      keySetAt: time,
      seen: z.array(resourceView),
    }),
    createdBy: z.string(),
    createdAt: time,
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Connection' });
export const connectionListView = listOf(connectionView);
export type ConnectionView = z.output<typeof connectionView>;
export type ConnectionListView = z.output<typeof connectionListView>;
/** GET /api/v1/connections?integration=&status= : newest first; other people's personal ones are left out. */
export const connectionListQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: limit.default(30),
  integration: id.optional(),
  status: connectionStatus.optional(),
});

const target = {
  integration: id,
  /** For one that is connected over a form: `form`. */
  place: id,
  /** Only where the place asks for an address. */
  address: z.string().trim().max(300).optional(),
};
/** A credential is sent once and never comes back. */
const key = z.string().trim().min(8, 'must have at least 8 characters').max(4_000);

/** What was filled in, by the names of the fields; in place of key and address where an integration is connected over a form. */
const fields = z
  .record(z.string().max(64), z.string().max(4_000))
  .refine((given) => Object.keys(given).length <= 30, 'must have at most 30 fields');

/** POST /api/v1/connection-tests: tries a key and stores nothing. */
export const testConnectionRequest = z.strictObject({ ...target, key: key.optional(), fields: fields.optional() });
export const connectionTestView = z
  .object({ baseUrl: z.string(), sees: z.array(resourceView) })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTestView = z.output<typeof connectionTestView>;

const rights = {
  scopes: z.array(z.enum(scopes)).min(1, 'must name at least one permission'),
  limits: limitsSchema.default({}),
  limitNames: z.record(z.string().max(64), z.string().max(200)).default({}),
};
/** POST /api/v1/connections: tests the key, then stores it. */
export const createConnectionRequest = z.strictObject({
  ...target,
  key: key.optional(),
  fields: fields.optional(),
  label: nameInput(80),
  ownership: z.enum(['organization', 'personal']),
  ...rights,
});
export type CreateConnectionRequest = z.input<typeof createConnectionRequest>;
/** PATCH /api/v1/connections/:id: `revision` is the one the change was made on. */
export const changeConnectionRequest = z.strictObject({ revision: z.int(), label: nameInput(80), ...rights });
/** POST /api/v1/connections/:id/key: the new key must see the teams the old one saw, or `acceptLoss` must be said. */
export const replaceKeyRequest = z.strictObject({ key, acceptLoss: z.boolean().default(false) });
/** `lost`: what the old key saw and the new one does not; non-empty only when nothing was changed because of it. */
export const replacedKeyView = z
  .object({ replaced: z.boolean(), lost: z.array(resourceView), connection: connectionView })
  .meta({ id: 'ReplacedKey' });
export type ReplacedKeyView = z.output<typeof replacedKeyView>;

/** GET /api/v1/connections/:id/resources?level=&team=&database= : for picking limits by name. */
export const resourceQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: limit.default(100),
  level: z.enum(['teams', 'databases', 'tables']),
  team: id.optional(),
  database: id.optional(),
});

/** GET /api/v1/connections/:id/dependents: what stops when it is revoked. */
export const dependentView = z
  .object({
    kind: z.enum(['persona', 'job']),
    id: z.string(),
    name: z.string(),
    /** Scopes the persona has that this connection also gives; `missing` are those it would need and does not get. */
    uses: z.array(z.string()),
    missing: z.array(z.string()),
    /** True when another connection would take over. */
    hasOther: z.boolean(),
    /** How many approvals of it wait for the connection; they fall with it. */
    waiting: z.int(),
  })
  .meta({ id: 'Dependent' });
export const dependentListView = listOf(dependentView);
export type DependentView = z.output<typeof dependentView>;
export type DependentListView = z.output<typeof dependentListView>;

/** POST /api/v1/connection-authorizations: begins an OAuth sign-in; the browser goes to `url`. */
export const authorizeRequest = z.strictObject({
  integration: id,
  label: nameInput(80),
  ownership: z.enum(['organization', 'personal']),
  /** Set to renew a connection that is there. */
  connectionId: id.optional(),
  ...rights,
});
export const authorizationView = z.object({ url: z.url() }).meta({ id: 'Authorization' });
export type AuthorizationView = z.output<typeof authorizationView>;
/** GET /api/v1/oauth/callback: where the other service sends the browser back to. */
export const oauthCallbackQuery = z.object({
  state: z.string().max(500).optional(),
  code: z.string().max(4_000).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(2_000).optional(),
  iss: z.string().max(500).optional(),
});
/** What the callback leads back with where there is no connection: /integrations?error= */
const signInProblem = z.enum(signInProblems);
export type SignInProblem = z.output<typeof signInProblem>;
