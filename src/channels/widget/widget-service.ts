import { randomBytes } from 'node:crypto';
import type { AuditLog, DirectAction } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Change } from '#auth/change.ts';
import {
  type ChangeWidgetRequest,
  defaultWidgetLimits,
  type WidgetAppearance,
} from '#channels/http/contract/widgets.ts';
import type { WidgetKeyRecord, WidgetKeyRepository } from '#db/repositories/widget-keys.ts';
import type { WidgetDay, WidgetUsageRepository } from '#db/repositories/widget-usage.ts';
import type { WidgetPlace, WidgetRecord, WidgetRepository, WidgetSettings } from '#db/repositories/widgets.ts';
import { AppError } from '#errors';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import { createKey, type NewWidgetKey, revokeKey } from './manage-keys.ts';
import type { WidgetKeyMaker } from './ports.ts';
import { notOnWidgets, widgetProblems } from './widget-problems.ts';

export interface WidgetServiceDeps {
  readonly widgets: WidgetRepository;
  readonly keys: WidgetKeyRepository;
  readonly usage: Pick<WidgetUsageRepository, 'days'>;
  readonly keyMaker: WidgetKeyMaker;
  readonly personas: Pick<PersonaDirectory, 'entry'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly change: Change;
  /** Names of people by their ids; the unknown are left out. */
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Where people reach the service, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly clock?: () => Date;
}

/** A widget as its page in the console shows it. */
export interface WidgetEntry {
  readonly widget: WidgetRecord;
  /** Those that count, oldest first. */
  readonly keys: readonly WidgetKeyRecord[];
  readonly problems: readonly string[];
  readonly tag: string;
}

/** Every method throws AppError NOT_FOUND for a widget that is not there or not the organization's. */
export interface WidgetService {
  list(actor: Actor, after: WidgetPlace | null, limit: number): Promise<readonly WidgetEntry[]>;
  get(actor: Actor, id: string): Promise<WidgetEntry>;
  /** Throws AppError INPUT_INVALID for a persona that cannot answer in widgets. */
  create(actor: Actor, request: Pick<WidgetSettings, 'name' | 'personaId' | 'origins'>): Promise<WidgetEntry>;
  /** Throws AppError WIDGET_CHANGED where `revision` is not the newest. */
  patch(actor: Actor, id: string, request: ChangeWidgetRequest): Promise<WidgetEntry>;
  remove(actor: Actor, id: string): Promise<void>;
  /** `secret` is answered here and never again; null for EdDSA. Throws AppError CONFLICT where two keys are live, FORBIDDEN for an API key. */
  createKey(actor: Actor, id: string, key: NewWidgetKey): Promise<{ key: WidgetKeyRecord; secret: string | null }>;
  /** From the next token on. */
  revokeKey(actor: Actor, id: string, keyId: string): Promise<void>;
  /** The last 30 days in UTC, today last. */
  usage(actor: Actor, id: string): Promise<readonly WidgetDay[]>;
}

/** What happens to one widget happens one after the other. */
export const widgetLock = (id: string) => `widget:${id}`;

export function createWidgetService(given: WidgetServiceDeps): WidgetService {
  const deps = { ...given, clock: given.clock ?? (() => new Date()) };
  return {
    async list(actor, after, limit) {
      return entriesOf(deps, actor, await deps.widgets.list(actor.organizationId, after, limit));
    },
    get: async (actor, id) => entryOf(deps, actor, await requireWidget(deps, actor, id)),
    create: (actor, request) => create(deps, actor, request),
    patch: (actor, id, request) => patch(deps, actor, { id, ...request }),
    remove: (actor, id) =>
      deps.change(widgetLock(id), async () => {
        const { organizationId } = actor;
        const widget = await requireWidget(deps, actor, id);
        for (const { id: keyId } of await deps.keys.live(organizationId, [id])) {
          await deps.keyMaker.forgetSecret({ organizationId, widgetId: id, keyId });
        }
        await deps.widgets.remove({ organizationId, id });
        await record(deps, actor, { action: 'widget.deleted', widget });
      }),
    async createKey(actor, id, key) {
      return deps.change(widgetLock(id), async () => {
        const widget = await requireWidget(deps, actor, id);
        const made = await createKey(deps, { actor, widgetId: id, key });
        const { id: keyId, algorithm } = made.key;
        await record(deps, actor, { action: 'widget.key_created', widget, details: { keyId, algorithm } });
        return made;
      });
    },
    revokeKey: (actor, id, keyId) =>
      deps.change(widgetLock(id), async () => {
        const widget = await requireWidget(deps, actor, id);
        await revokeKey(deps, { organizationId: actor.organizationId, widgetId: id, keyId });
        await record(deps, actor, { action: 'widget.key_revoked', widget, details: { keyId } });
      }),
    usage: (actor, id) => usage(deps, actor, id),
  };
}

type Deps = WidgetServiceDeps & { readonly clock: () => Date };

async function create(
  deps: Deps,
  actor: Actor,
  { name, personaId, origins }: Pick<WidgetSettings, 'name' | 'personaId' | 'origins'>,
): Promise<WidgetEntry> {
  const { organizationId } = actor;
  const title = await requirePersona(deps, organizationId, personaId);
  const id = `w${randomBytes(15).toString('base64url')}`;
  const settings = {
    name,
    personaId,
    isOn: true,
    origins: [...new Set(origins)],
    identifiedOnly: false,
    attachments: false,
    appearance: { ...defaultAppearance, title },
    limits: defaultWidgetLimits,
  };
  const widget = await deps.change(widgetLock(id), async () => {
    const made = await deps.widgets.insert({ organizationId, id, ...settings, createdBy: actor.id });
    await record(deps, actor, { action: 'widget.created', widget: made, details: { origins: made.origins } });
    return made;
  });
  return entryOf(deps, actor, widget);
}

const defaultAppearance: Omit<WidgetAppearance, 'title'> = {
  greeting: 'Hello! How can I help you?',
  accent: '#1d4ed8',
  theme: 'auto',
  position: 'right',
};

async function patch(
  deps: Deps,
  actor: Actor,
  { id, revision, ...asked }: ChangeWidgetRequest & { readonly id: string },
): Promise<WidgetEntry> {
  const { organizationId } = actor;
  const widget = await deps.change(widgetLock(id), async () => {
    const before = await requireWidget(deps, actor, id);
    if (before.revision !== revision) throw await changedMeanwhile(deps, before);
    const to = differences(before, asked);
    // Saving what is there already is no change, and leaves no trace.
    if (Object.keys(to).length === 0) return before;
    if (to.personaId !== undefined) await requirePersona(deps, organizationId, to.personaId);
    const changed = await deps.widgets.change({ organizationId, id }, revision, { ...to, updatedBy: actor.id });
    if (changed === null) throw await changedMeanwhile(deps, before);
    await record(deps, actor, { action: 'widget.changed', widget: changed, details: { to } });
    return changed;
  });
  return entryOf(deps, actor, widget);
}

function differences(before: WidgetRecord, asked: Omit<ChangeWidgetRequest, 'revision'>): Partial<WidgetSettings> {
  const origins = asked.origins === undefined ? {} : { origins: [...new Set(asked.origins)] };
  const wanted = Object.entries({ ...asked, ...origins }).filter(
    ([name, value]) => value !== undefined && !isSame(before[name as keyof WidgetSettings], value),
  );
  return Object.fromEntries(wanted);
}

/** Both came out of the same schema, in the same order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function changedMeanwhile({ namesOf }: Deps, widget: WidgetRecord): Promise<AppError> {
  const names = await namesOf(widget.organizationId, [widget.updatedBy]);
  const who = names.get(widget.updatedBy) ?? 'Somebody';
  const when = `${widget.updatedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return new AppError(
    'WIDGET_CHANGED',
    `${who} changed this widget on ${when}, after you had opened it. Nothing of yours was stored. Load it again and make your change there.`,
  );
}

/** The title a widget with this persona starts with. */
async function requirePersona({ personas }: Deps, organizationId: string, personaId: string): Promise<string> {
  const entry = await personas.entry(organizationId, personaId);
  if (entry === null || entry.archived) {
    throw new AppError('INPUT_INVALID', `personaId: there is no persona “${personaId}” here. Choose another one.`);
  }
  const { name, channels } = entry.persona;
  if (channels.includes('widget')) return name;
  throw new AppError('INPUT_INVALID', `personaId: ${notOnWidgets(name)}`);
}

async function requireWidget({ widgets }: Deps, { organizationId }: Actor, id: string): Promise<WidgetRecord> {
  const widget = await widgets.find({ organizationId, id });
  if (widget === null) throw new AppError('NOT_FOUND', 'There is no such widget.');
  return widget;
}

async function entryOf(deps: Deps, actor: Actor, widget: WidgetRecord): Promise<WidgetEntry> {
  const [entry] = await entriesOf(deps, actor, [widget]);
  if (entry === undefined) throw new Error('One widget was given, and none came back.');
  return entry;
}

async function entriesOf(
  { keys, personas, publicUrl }: Deps,
  { organizationId }: Actor,
  widgets: readonly WidgetRecord[],
): Promise<WidgetEntry[]> {
  const ids = widgets.map(({ id }) => id);
  const live = await keys.live(organizationId, ids);
  return Promise.all(
    widgets.map(async (widget) => {
      const own = live.filter(({ widgetId }) => widgetId === widget.id);
      const persona = await personas.entry(organizationId, widget.personaId);
      return {
        widget,
        keys: own,
        problems: widgetProblems(widget, persona, own.length),
        tag: tagOf(widget, publicUrl()),
      };
    }),
  );
}

function tagOf({ id, personaId }: WidgetRecord, publicUrl: string): string {
  return `<script async src="${publicUrl}/widget.js" data-widget="${id}" data-persona="${personaId}"></script>`;
}

interface Recorded {
  readonly action: DirectAction;
  readonly widget: WidgetRecord;
  readonly details?: Readonly<Record<string, unknown>>;
}

async function record({ audit }: Deps, actor: Actor, { action, widget, details = {} }: Recorded): Promise<void> {
  const { id: widgetId, name, personaId, revision } = widget;
  await audit.append(directEvent({ actor, action, personaId, details: { widgetId, name, revision, ...details } }));
}

const usageDays = 30;
const dayMs = 86_400_000;

async function usage(deps: Deps, actor: Actor, id: string): Promise<readonly WidgetDay[]> {
  const { organizationId } = await requireWidget(deps, actor, id);
  const today = Math.floor(deps.clock().getTime() / dayMs);
  const since = new Date((today - usageDays + 1) * dayMs);
  const used = new Map((await deps.usage.days(organizationId, id, since)).map((day) => [day.day, day]));
  return Array.from({ length: usageDays }, (_, index) => {
    const day = new Date(since.getTime() + index * dayMs).toISOString().slice(0, 10);
    return used.get(day) ?? { day, messages: 0, visitors: 0, inputTokens: 0, outputTokens: 0 };
  });
}
