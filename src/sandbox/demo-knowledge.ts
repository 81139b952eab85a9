import { type AnsweredCall, asObject, type CallOutcome, type Refusal } from './demo-conversation.ts';
import type { Place, RecordAddress } from './demo-intents.ts';
import { type Effect, effectOf } from './demo-reasons.ts';

export const toolNames = {
  listTeams: 'ninox_list_teams',
  getTeam: 'ninox_get_team',
  getDatabases: 'ninox_get_databases',
  deleteRecord: 'ninox_delete_record',
} as const;

export interface DemoCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, string>>;
}

/** All calls answered up to a moment. `turn` is the message being worked on. */
export interface Knowledge {
  readonly turn: number;
  readonly calls: readonly AnsweredCall[];
}

/** `now` takes answers of this turn only; `ever` also older ones, for finding out what a name means. */
export type Freshness = 'now' | 'ever';

export type Lookup<Value> =
  | { readonly state: 'known'; readonly value: Value; readonly isFresh: boolean }
  | { readonly state: 'refused'; readonly refusal: Refusal }
  | { readonly state: 'missing'; readonly call: DemoCall };

export function lookUpTeams(knowledge: Knowledge, freshness: Freshness): Lookup<Place[]> {
  return lookUp(knowledge, {
    call: { tool: toolNames.listTeams, input: {} },
    freshness,
    read: (value) => places(value.teams),
  });
}

export function lookUpTeam(knowledge: Knowledge, teamId: string): Lookup<Place> {
  const call = { tool: toolNames.getTeam, input: { team_id: teamId } };
  return lookUp(knowledge, { call, freshness: 'now', read: (value) => place(value.team) });
}

/** Databases carry their team. */
export function lookUpDatabases(knowledge: Knowledge, team: Place, freshness: Freshness): Lookup<Place[]> {
  const call = { tool: toolNames.getDatabases, input: { team_id: team.id } };
  const read = (value: Readonly<Record<string, unknown>>) =>
    places(value.databases)?.map((database) => ({ ...database, team })) ?? null;
  return lookUp(knowledge, { call, freshness, read });
}

/** Known only when the tool itself says that the record is gone. */
export function lookUpDeletion(knowledge: Knowledge, address: RecordAddress): Lookup<true> {
  const input = {
    team_id: address.team.id,
    database_id: address.database.id,
    table_id: address.table,
    record_id: address.record,
  };
  const read = (value: Readonly<Record<string, unknown>>) => (value.deleted === true ? (true as const) : null);
  return lookUp(knowledge, { call: { tool: toolNames.deleteRecord, input }, freshness: 'now', read });
}

/** The deletion that was made in this turn in the place of this one: a person may change a call before approving it. */
export function changedDeletion(knowledge: Knowledge, asked: RecordAddress): RecordAddress | null {
  const made = knowledge.calls.findLast(({ tool, turn }) => tool === toolNames.deleteRecord && turn === knowledge.turn);
  if (made === undefined) return null;
  const { team_id, database_id, table_id, record_id } = made.input;
  const [team, database] = [String(team_id), String(database_id)];
  return {
    team: team === asked.team.id ? asked.team : { id: team, name: team },
    database: database === asked.database.id ? asked.database : { id: database, name: database },
    table: String(table_id),
    record: String(record_id),
  };
}

export interface Deletion {
  readonly record: string;
  readonly table: string;
  readonly effect: 'deleted' | Effect;
}

/** The deletions of the whole conversation, with what became of each. */
export function deletionsIn(knowledge: Knowledge): readonly Deletion[] {
  return knowledge.calls
    .filter((call) => call.tool === toolNames.deleteRecord)
    .map(({ input, outcome }) => ({
      record: String(input.record_id),
      table: String(input.table_id),
      effect: outcomeOf(outcome),
    }));
}

function outcomeOf(outcome: CallOutcome): Deletion['effect'] {
  if (!outcome.ok) return effectOf(outcome.refusal.code);
  return asObject(outcome.value).deleted === true ? 'deleted' : 'unconfirmed';
}

interface Question<Value> {
  readonly call: DemoCall;
  readonly freshness: Freshness;
  readonly read: (value: Readonly<Record<string, unknown>>) => Value | null;
}

const unreadable: Refusal = { code: null, message: 'The tool’s answer did not have the form it promises.' };

function lookUp<Value>(knowledge: Knowledge, { call, freshness, read }: Question<Value>): Lookup<Value> {
  const answers = knowledge.calls.filter((answered) => isSameCall(answered, call));
  const latest = answers.findLast((answered) => answered.turn === knowledge.turn);
  if (latest !== undefined) return fromOutcome(latest.outcome, read);
  const older = freshness === 'ever' ? answers.findLast((answered) => answered.outcome.ok) : undefined;
  const remembered = older === undefined ? null : fromOutcome(older.outcome, read);
  return remembered?.state === 'known' ? { ...remembered, isFresh: false } : { state: 'missing', call };
}

function fromOutcome<Value>(outcome: CallOutcome, read: Question<Value>['read']): Lookup<Value> {
  if (!outcome.ok) return { state: 'refused', refusal: outcome.refusal };
  const value = read(asObject(outcome.value));
  return value === null ? { state: 'refused', refusal: unreadable } : { state: 'known', value, isFresh: true };
}

function isSameCall(answered: AnsweredCall, call: DemoCall): boolean {
  const names = Object.keys(call.input);
  return (
    answered.tool === call.tool &&
    names.length === Object.keys(answered.input).length &&
    // A person who changes a call may write a number where a text was.
    names.every((name) => String(answered.input[name]) === call.input[name])
  );
}

function places(value: unknown): Place[] | null {
  return Array.isArray(value) ? value.map(place).filter((found) => found !== null) : null;
}

function place(value: unknown): Place | null {
  const { id, name } = asObject(value);
  if (typeof id !== 'string' || id === '') return null;
  return { id, name: typeof name === 'string' && name.trim() !== '' ? name : id };
}
