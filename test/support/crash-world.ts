import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { type FailpointService, startFailpointService } from './failpoint-process.ts';
import type { Decide, ModelRequest, ScriptedTurn } from './openai-script.ts';
import { createOpenAiServer } from './openai-server.ts';
import { writePersonas } from './start-app.ts';
import { startWatchedNinox, type WatchedNinox, watchedIds } from './watched-ninox.ts';

/*
 * All that services need which are killed and started again on the same data: a Ninox and a model that outlive them, a
 * folder, and the session of the owner.
 */

export interface CrashWorld extends AsyncDisposable {
  readonly directory: string;
  readonly ninox: WatchedNinox;
  /** Asked before the script; null leaves the answer to that. */
  script: (request: ModelRequest) => Promise<ScriptedTurn | null>;
  /** A further service on the same data, perhaps with a clock that is ahead of all others. */
  start(clockAheadMs?: number): Promise<FailpointService>;
  /** While no service is at work: all that is looked at again after minutes was stored that much earlier. */
  letTimePass(ms: number): void;
  /** Numbers from 1, each once: of the records of Ninox. */
  nextRecord(): number;
}

const ninoxScopes = 'scopes: [ninox:teams:read, ninox:databases:read, ninox:records:delete]';

/** `asker` has a person approve each deletion and each undo; `doer` does both at once. */
const personas = {
  asker: persona('approvals: { ninox_delete_record: ask }', 'undo: ask'),
  doer: persona('approvals: { ninox_delete_record: auto }', 'undo: auto'),
};

function persona(...lines: readonly string[]): string {
  const head = [
    'name: Tester',
    'description: For tests.',
    ninoxScopes,
    'budget: { steps: 8, calls: 20, seconds: 600 }',
  ];
  return ['---', ...head, ...lines, '---', 'You are a test persona.', ''].join('\n');
}

export function deletionOf(record: number) {
  const { team, database, table } = watchedIds;
  return {
    name: 'ninox_delete_record',
    args: { team_id: team, database_id: database, table_id: table, record_id: String(record) },
  };
}

/** “Delete record 7”, also several with commas, and “Which teams?”; anything else is answered with words. */
export const scripted = ({ userText, toolResults }: ModelRequest): ScriptedTurn => {
  if (toolResults.length > 0) return { text: `I have got ${toolResults.length} results, and that is all.` };
  const [, numbers] = /^Delete record ([\d, ]+)/.exec(userText) ?? [];
  if (numbers !== undefined) {
    return { text: `I delete ${numbers}.`, calls: numbers.split(',').map((number) => deletionOf(Number(number))) };
  }
  if (userText.startsWith('Which teams')) return { text: 'I look.', calls: [{ name: 'ninox_list_teams', args: {} }] };
  return { text: 'Here again.' };
};

export async function openCrashWorld(records = 400): Promise<CrashWorld> {
  const stack = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'personas-crash-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const ninox = stack.use(await startWatchedNinox(records));
  const decide: Decide = async (request) => (await world.script(request)) ?? scripted(request);
  const model = stack.use(createOpenAiServer(decide));
  const variables = {
    ...(await writePersonas(directory, personas)),
    OPENAI_API_KEY: 'sk-scripted',
    OPENAI_BASE_URL: await model.listen(),
    OPENAI_API: 'responses',
    DEFAULT_MODEL: 'openai/scripted',
    NINOX_API_KEY: ninox.key,
    NINOX_BASE_URL: ninox.baseUrl,
  };
  let record = 0;
  let cookie: string | null = null;
  const world: CrashWorld = {
    directory,
    ninox,
    script: () => Promise.resolve(null),
    async start(clockAheadMs = 0) {
      const service = await startFailpointService({ directory, variables, cookie, clockAheadMs });
      stack.defer(() => service.kill());
      cookie = service.cookie;
      return service;
    },
    letTimePass: (ms) => letTimePass(path.join(directory, 'personas.db'), ms),
    nextRecord() {
      record += 1;
      if (record > records) throw new Error('All records are used up.');
      return record;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return world;
}

const agingColumns = {
  effects: ['intended_at', 'sent_at', 'ended_at', 'next_try_at'],
  approvals: ['decided_at'],
  processes: ['seen_at'],
} as const;

function letTimePass(file: string, ms: number): void {
  const database = new Sqlite(file);
  try {
    for (const [table, columns] of Object.entries(agingColumns)) {
      database.exec(`update ${table} set ${columns.map((column) => `${column} = ${column} - ${ms}`).join(', ')}`);
    }
  } finally {
    database.close();
  }
}
