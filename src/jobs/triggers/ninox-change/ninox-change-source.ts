import type { Connection } from '#integrations/connection.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { ChangeQuestion, ChangeSource, SeenChanges, SeenTable } from './change-ports.ts';

interface Call {
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

interface Where {
  readonly team: string;
  readonly database: string;
  readonly table?: string;
}

/** As much of a client for Ninox as is needed; everything throws UpstreamError. */
export interface NinoxReads {
  listChanges(call: Call, where: Where, since: number): Promise<SeenChanges>;
  currentSequence(call: Call, where: Where): Promise<Pick<SeenChanges, 'sequence' | 'at'>>;
  listTables(call: Call, team: string, database: string): Promise<readonly ListedTable[]>;
}

interface ListedTable {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly {
    readonly id: string;
    readonly name: string;
    readonly choices?: readonly { readonly id: string | number; readonly caption?: string | undefined }[] | undefined;
  }[];
}

/** Changes as Ninox tells them. Where a database has too many for one answer, its tables are read one by one. */
export function createNinoxChangeSource(client: NinoxReads): ChangeSource {
  return {
    async since(connection, question) {
      const { place, sequence, signal } = question;
      const { table, ...database } = place;
      const where = table === null ? database : { ...database, table };
      if (sequence === null) {
        const { sequence: current, at } = await client.currentSequence({ connection, signal }, where);
        return { sequence: current, at, updated: [], removed: [] };
      }
      try {
        return await client.listChanges({ connection, signal }, where, sequence);
      } catch (error) {
        const isTooLarge = error instanceof UpstreamError && error.code === 'OUTPUT_TOO_LARGE';
        if (!isTooLarge || table !== null) throw error;
        return byTable(client, { connection, question, since: sequence });
      }
    },
    async tables(connection, { team, database }, signal): Promise<readonly SeenTable[]> {
      const tables = await client.listTables({ connection, signal }, team, database);
      return tables.map(({ id, name, fields }) => ({ id, name, fields: fields.map(seenField) }));
    },
  };
}

function seenField({ id, name, choices }: ListedTable['fields'][number]): SeenTable['fields'][number] {
  const known = (choices ?? []).flatMap((choice) =>
    choice.caption === undefined ? [] : [{ id: String(choice.id), caption: choice.caption }],
  );
  return known.length === 0 ? { id, name } : { id, name, choices: known };
}

interface ByTable {
  readonly connection: Connection;
  readonly question: ChangeQuestion;
  readonly since: number;
}

/** Each table is of another moment: only what the earliest of them holds was read everywhere. */
async function byTable(client: NinoxReads, { connection, question, since }: ByTable): Promise<SeenChanges> {
  const { team, database } = question.place;
  const call = { connection, signal: question.signal };
  const answers: SeenChanges[] = [];
  for (const { id } of await client.listTables(call, team, database)) {
    answers.push(await client.listChanges(call, { team, database, table: id }, since));
  }
  const sequence = Math.min(...answers.map((answer) => answer.sequence));
  const updated = answers.flatMap((answer) => answer.updated).filter((one) => one.sequence <= sequence);
  return {
    sequence: Number.isFinite(sequence) ? sequence : since,
    at: answers[0]?.at ?? null,
    updated: updated.toSorted((left, right) => left.sequence - right.sequence),
    removed: answers.flatMap((answer) => answer.removed),
  };
}
