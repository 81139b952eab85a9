/** A copying of records that a job asks for: read with a tool, transformed by a model, written into a table of Ninox. */
export interface SyncSpec {
  readonly from: {
    readonly tool: string;
    readonly arguments: Readonly<Record<string, unknown>>;
    /** Where in the answer the items are, dots go down; empty: the first list of objects. */
    readonly items: string;
  };
  readonly to: { readonly team: string; readonly database: string; readonly table: string };
  /** The field of the target that tells items apart. */
  readonly key: string;
  /** How one item becomes a record, in the words of whoever made the job. */
  readonly instruction: string;
  /** At most so many items. */
  readonly most: number;
}

const opening = 'Copy records as follows.';
const fence = '```';

/** The message that has the run copy exactly this; for people to read as well. */
export function writeSync(spec: SyncSpec): string {
  return `${opening}\n\n${fence}json\n${JSON.stringify(spec, null, 2)}\n${fence}`;
}

/** Null for a message that `writeSync` has not written. */
export function readSync(text: string): SyncSpec | null {
  const start = `${opening}\n\n${fence}json\n`;
  const end = `\n${fence}`;
  if (!text.startsWith(start) || !text.endsWith(end)) return null;
  try {
    return JSON.parse(text.slice(start.length, -end.length)) as SyncSpec;
  } catch {
    return null;
  }
}
