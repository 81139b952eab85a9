import { newId } from '../../../api-client.ts';
import type { Allowance, Condition, JobDefinition, Json, Trigger } from '../api.ts';
import { type DeliveryDraft, newDelivery, toDelivery, toDeliveryDraft } from '../fields/delivery-draft.ts';
import { ownTimeZone } from '../fields/time-zone.ts';
import { type AllowanceDraft, toAllowance, toAllowanceDraft } from './allowance-draft.ts';

/** A trigger while it is written: what one kind needs is kept while another is looked at. Numbers are text. */
export interface TriggerDraft {
  readonly kind: Trigger['kind'];
  readonly when: string;
  readonly timeZone: string;
  readonly missed: 'skip' | 'once' | 'all';
  readonly missedHours: string;
  readonly auth: 'signature' | 'header';
  /** JSON; empty takes any payload. */
  readonly schema: string;
  readonly connectionId: string;
  readonly team: string;
  readonly database: string;
  /** Empty: every table. */
  readonly table: string;
  readonly on: readonly ('created' | 'updated' | 'deleted')[];
  readonly everySeconds: string;
}

export interface ConditionDraft {
  readonly key: string;
  readonly field: string;
  readonly is: Condition['is'];
  readonly value: string;
  /** What it was compared with before: text that was not touched stays a number, or stays text. */
  readonly before: Condition['value'];
}

export interface SyncDraft {
  readonly tool: string;
  /** JSON. */
  readonly arguments: string;
  readonly items: string;
  readonly team: string;
  readonly database: string;
  readonly table: string;
  readonly key: string;
  readonly most: string;
}

export interface JobDraft {
  readonly name: string;
  readonly description: string;
  readonly persona: string;
  readonly trigger: TriggerDraft;
  readonly conditions: readonly ConditionDraft[];
  readonly prompt: string;
  readonly sync: SyncDraft | null;
  readonly model: string;
  readonly deliveries: readonly DeliveryDraft[];
  readonly deliverWhen: JobDefinition['deliverWhen'];
  readonly rule: JobDefinition['mandate']['rule'];
  readonly allowances: readonly AllowanceDraft[];
  readonly overlap: JobDefinition['overlap'];
  readonly retries: string;
  readonly mostPerHour: string;
}

const blankTrigger: TriggerDraft = {
  kind: 'schedule',
  when: '',
  timeZone: ownTimeZone,
  missed: 'once',
  missedHours: '24',
  auth: 'header',
  schema: '',
  connectionId: '',
  team: '',
  database: '',
  table: '',
  on: ['created', 'updated', 'deleted'],
  everySeconds: '60',
};

export function blankDraft(): JobDraft {
  return {
    name: '',
    description: '',
    persona: '',
    trigger: blankTrigger,
    conditions: [],
    prompt: '',
    sync: null,
    model: '',
    deliveries: [newDelivery('inbox')],
    deliverWhen: 'always',
    rule: 'park',
    allowances: [],
    overlap: 'skip',
    retries: '3',
    mostPerHour: '120',
  };
}

export const blankSync: SyncDraft = {
  tool: 'ninox_list_records',
  arguments: '',
  items: '',
  team: '',
  database: '',
  table: '',
  key: '',
  most: '200',
};

export function newCondition(): ConditionDraft {
  return { key: newId(), field: '', is: 'equals', value: '', before: undefined };
}

export function toDraft(definition: JobDefinition): JobDraft {
  const { name, description, persona, prompt, deliverWhen, overlap, mandate, sync } = definition;
  return {
    name,
    description,
    persona,
    trigger: toTriggerDraft(definition.trigger),
    conditions: definition.conditions.map(({ field, is, value }) => ({
      key: newId(),
      field,
      is,
      value: value === undefined ? '' : String(value),
      before: value,
    })),
    prompt,
    sync: sync === null ? null : toSyncDraft(sync),
    model: definition.model ?? '',
    deliveries: definition.deliveries.map(toDeliveryDraft),
    deliverWhen,
    rule: mandate.rule,
    allowances: mandate.allowances.map(toAllowanceDraft),
    overlap,
    retries: String(definition.retries),
    mostPerHour: String(definition.mostPerHour),
  };
}

function toTriggerDraft(trigger: Trigger): TriggerDraft {
  switch (trigger.kind) {
    case 'manual':
      return { ...blankTrigger, kind: 'manual' };
    case 'schedule':
      return { ...blankTrigger, ...trigger, missedHours: String(trigger.missedHours) };
    case 'webhook':
      return {
        ...blankTrigger,
        kind: 'webhook',
        auth: trigger.auth,
        schema: trigger.schema === null ? '' : JSON.stringify(trigger.schema, null, 2),
      };
    case 'ninox_change':
      return {
        ...blankTrigger,
        ...trigger,
        connectionId: trigger.connectionId ?? '',
        table: trigger.table ?? '',
        everySeconds: String(trigger.everySeconds),
      };
  }
}

function toSyncDraft({ from, to, key, most }: NonNullable<JobDefinition['sync']>): SyncDraft {
  return {
    tool: from.tool,
    arguments: Object.keys(from.arguments).length === 0 ? '' : JSON.stringify(from.arguments, null, 2),
    items: from.items,
    ...to,
    key,
    most: String(most),
  };
}

/** The definition that is written; what cannot be read in it is told by `findProblems`. */
export function toDefinition(draft: JobDraft): JobDefinition {
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    persona: draft.persona,
    trigger: toTrigger(draft.trigger),
    conditions: draft.conditions.map(toCondition),
    prompt: draft.prompt.trim(),
    sync: draft.sync === null ? null : toSync(draft.sync),
    model: draft.model || null,
    deliveries: draft.deliveries.map(toDelivery),
    deliverWhen: draft.deliverWhen,
    mandate: { rule: draft.rule, allowances: draft.allowances.map((one): Allowance => toAllowance(one)) },
    overlap: draft.overlap,
    retries: Number(draft.retries),
    mostPerHour: Number(draft.mostPerHour),
  };
}

function toTrigger(draft: TriggerDraft): Trigger {
  const { kind, when, timeZone, missed, auth, team, database } = draft;
  switch (kind) {
    case 'manual':
      return { kind };
    case 'schedule':
      return { kind, when: when.trim(), timeZone, missed, missedHours: Number(draft.missedHours) };
    case 'webhook':
      return { kind, auth, schema: readObject(draft.schema) };
    case 'ninox_change':
      return {
        kind,
        connectionId: draft.connectionId || null,
        team,
        database,
        table: draft.table || null,
        on: [...draft.on],
        everySeconds: Number(draft.everySeconds),
      };
  }
}

function toCondition({ field, is, value, before }: ConditionDraft): Condition {
  if (is === 'is_empty' || is === 'is_not_empty' || is === 'changed') return { field: field.trim(), is };
  if (before !== undefined && String(before) === value) return { field: field.trim(), is, value: before };
  return { field: field.trim(), is, value: readValue(value) };
}

/** Numbers and yes or no as such; everything else, and numbers written in another way than they are, as text. */
function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && String(Number(text)) === text ? Number(text) : text;
}

function toSync(draft: SyncDraft): NonNullable<JobDefinition['sync']> {
  const { tool, items, team, database, table, key, most } = draft;
  return {
    from: { tool, arguments: readObject(draft.arguments) ?? {}, items: items.trim() },
    to: { team, database, table },
    key: key.trim(),
    most: Number(most),
  };
}

/** A JSON object; null for nothing, and for what is none. */
export function readObject(text: string): Record<string, Json> | null {
  if (text.trim() === '') return null;
  try {
    const read = JSON.parse(text) as Json;
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}
