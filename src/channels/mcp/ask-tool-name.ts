import { createHash } from 'node:crypto';

/** What every client and model provider takes as the name of a tool. */
const longest = 64;
const prefix = 'ask_';

/** The name of the tool that asks a persona: the same for the same id, and different for different ones. */
export function askToolName(personaId: string): string {
  const plain = personaId.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (plain === personaId && prefix.length + plain.length <= longest) return prefix + plain;
  const mark = createHash('sha256').update(personaId).digest('hex').slice(0, 8);
  return `${prefix}${plain.slice(0, longest - prefix.length - mark.length - 1)}_${mark}`;
}
