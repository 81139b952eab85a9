/** What a message takes of files; the service checks the same again. */
export const attachmentLimits = { count: 3, characters: 20_000, name: 100 } as const;

export interface Attachment {
  readonly name: string;
  readonly text: string;
}

export type Refusal = 'type' | 'long' | 'empty' | 'unreadable';

/** For the dialog in which files are chosen; what is chosen is checked again. */
export const acceptedFiles = '.txt,.csv,.md,.markdown,.json,text/plain,text/csv,text/markdown,application/json';
const accepted = acceptedFiles.split(',');

/** What a file holds, where it is a text that can be sent; else why it cannot. */
export async function readAttachment(file: File): Promise<Attachment | Refusal> {
  if (!isAccepted(file)) return 'type';
  const { characters } = attachmentLimits;
  // No sign takes more than three bytes for each character it counts as; there may be a mark before them.
  if (file.size > characters * 3 + 3) return 'long';
  const bytes = await file.arrayBuffer().catch(() => null);
  const text = bytes === null ? null : decode(bytes);
  if (text === null) return 'unreadable';
  if (text.trim() === '') return 'empty';
  return text.length > characters ? 'long' : { name: plainName(file.name), text };
}

function isAccepted({ name, type }: File): boolean {
  const ending = /\.[^.]+$/.exec(name)?.[0] ?? '';
  return accepted.includes(ending.toLowerCase()) || accepted.includes(type);
}

/** Spreadsheets often save in the encoding of Windows. Null for what is no text in either. */
function decode(bytes: ArrayBuffer): string | null {
  const text = decodeAs('utf-8', bytes) ?? decodeAs('windows-1252', bytes);
  return text === null || /(?![\t\n\r])\p{Cc}/u.test(text) ? null : text;
}

function decodeAs(encoding: string, bytes: ArrayBuffer): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** One line, without what cannot be seen; a long one keeps its ending. */
export function plainName(name: string): string {
  const line = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim() || '?';
  const { name: most } = attachmentLimits;
  return line.length <= most ? line : `${line.slice(0, most - 12)}…${line.slice(-11)}`.toWellFormed();
}
