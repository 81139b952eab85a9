import { createHash } from 'node:crypto';

const longest = 64;
const tailLength = 6;

export interface Naming {
  /** Such as `mcp`. */
  readonly prefix: string;
  /** The connection's label. */
  readonly label: string;
  readonly remoteName: string;
  /** Names that are used by others. */
  readonly taken: ReadonlySet<string>;
}

/** The name a discovered tool has from now on: small letters, digits and underscores, at most 64, used by no other. */
export function nameTool({ prefix, label, remoteName, taken }: Naming): string {
  const plain = [prefix, slug(label).slice(0, 16), slug(remoteName)].filter((part) => part !== '').join('_');
  if (plain.length <= longest && !taken.has(plain)) return plain;
  const tail = createHash('sha256').update(`${label}\n${remoteName}\n${taken.size}`).digest('hex').slice(0, tailLength);
  return `${plain.slice(0, longest - tailLength - 1)}_${tail}`;
}

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}
