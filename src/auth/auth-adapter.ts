import { createAdapterFactory } from 'better-auth/adapters';
import type { Database } from '#db/database.ts';
import type { AuthCondition, AuthOperator, AuthRecord, AuthRecords, AuthTable } from '#db/repositories/auth-records.ts';

type Factory = ReturnType<typeof createAdapterFactory>;
type Adapter = ReturnType<Factory>;

/** How better-auth words a condition. */
interface LibraryCondition {
  readonly field: string;
  readonly operator: string | undefined;
  readonly value: unknown;
  readonly connector: 'AND' | 'OR' | undefined;
  readonly mode: 'sensitive' | 'insensitive' | undefined;
}

const tables: readonly string[] = ['users', 'sessions', 'accounts', 'verifications'] satisfies AuthTable[];
const operators: readonly string[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'not_in'] satisfies AuthOperator[];

/**
 * better-auth's port to our tables. Its own drizzle adapter would load drizzle a second time, as ES modules: a third of a
 * second and 90 MB more at every start. What the library asks for and this does not know is refused, never guessed.
 */
export function createAuthAdapter(db: Pick<Database, 'transaction'>, records: AuthRecords): Factory {
  let whole: Adapter | undefined;
  const factory = createAdapterFactory({
    config: {
      adapterId: 'personas',
      usePlural: true,
      supportsNumericIds: false,
      transaction: (work) =>
        db.transaction(() => {
          if (whole === undefined) throw new Error('The adapter is used before it is made.');
          return work(whole);
        }),
    },
    // Rows come back as the library's own types, which it describes by the schema it gives to the factory.
    adapter: () => ({
      create: async <T>({ model, data }: { model: string; data: T }) =>
        (await records.insert(tableOf(model), data as AuthRecord)) as T,
      async findOne<T>({ model, where }: { model: string; where: readonly LibraryCondition[] }) {
        const [row] = await records.find(tableOf(model), { where: where.map(read), limit: 1 });
        return (row ?? null) as T | null;
      },
      findMany: async <T>({ model, where = [], ...page }: FindMany) =>
        (await records.find(tableOf(model), { where: where.map(read), ...defined(page) })) as T[],
      async update<T>({ model, where, update }: Update<T>) {
        const [row] = await records.update(tableOf(model), where.map(read), update as AuthRecord);
        return (row ?? null) as T | null;
      },
      updateMany: async ({ model, where, update }: Update<AuthRecord>) =>
        (await records.update(tableOf(model), where.map(read), update)).length,
      async delete({ model, where }: { model: string; where: readonly LibraryCondition[] }) {
        await records.remove(tableOf(model), where.map(read));
      },
      deleteMany: async ({ model, where }: { model: string; where: readonly LibraryCondition[] }) =>
        records.remove(tableOf(model), where.map(read)),
      count: async ({ model, where = [] }: { model: string; where?: readonly LibraryCondition[] | undefined }) =>
        records.count(tableOf(model), where.map(read)),
    }),
  });
  return (options) => {
    whole = factory(options);
    return whole;
  };
}

interface FindMany {
  readonly model: string;
  readonly where?: readonly LibraryCondition[] | undefined;
  readonly limit: number;
  readonly offset?: number | undefined;
  readonly sortBy?: { field: string; direction: 'asc' | 'desc' } | undefined;
}

interface Update<T> {
  readonly model: string;
  readonly where: readonly LibraryCondition[];
  readonly update: T;
}

function tableOf(model: string): AuthTable {
  if (tables.includes(model)) return model as AuthTable;
  throw new Error(`better-auth asks for “${model}”, which is none of its tables.`);
}

function read({
  field,
  operator = 'eq',
  value,
  connector = 'AND',
  mode = 'sensitive',
}: LibraryCondition): AuthCondition {
  if (!operators.includes(operator) || mode !== 'sensitive') {
    throw new Error(`better-auth asks for “${operator}” (${mode}), which is not known here.`);
  }
  return { field, operator: operator as AuthOperator, value, connector };
}

function defined({ limit, offset, sortBy }: Pick<FindMany, 'limit' | 'offset' | 'sortBy'>) {
  return { limit, ...(offset === undefined ? {} : { offset }), ...(sortBy === undefined ? {} : { sortBy }) };
}
