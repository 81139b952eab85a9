import path from 'node:path';
import { ConfigError } from '#errors';
import { type ParsedPersona, parsePersonaFile } from './parse-persona-file.ts';
import type { KnownTool } from './persona-schema.ts';
import { codeOf, type MarkdownFile, readMarkdownFiles } from './read-markdown-files.ts';

export interface ReadFile {
  /** The file's name without `.md`, even where that cannot be an id. */
  readonly id: string;
  readonly parsed: ParsedPersona;
}

/** Reads every `*.md` of the folder, in the order of their names. Throws ConfigError when the folder cannot be read. */
export async function readPersonaFiles(directory: string, knownTools: readonly KnownTool[]): Promise<ReadFile[]> {
  return (await readFiles(directory)).map(({ name, text, problem }) => {
    const file = path.join(path.basename(directory), name);
    const id = path.basename(name, '.md');
    if (text !== null) return { id, parsed: parsePersonaFile({ file, text, knownTools }) };
    return { id, parsed: { ok: false, problem: { file, line: 1, message: problem ?? 'The file cannot be read.' } } };
  });
}

async function readFiles(directory: string): Promise<MarkdownFile[]> {
  try {
    return await readMarkdownFiles(directory);
  } catch (error) {
    throw new ConfigError(
      `PERSONAS_DIR: the folder “${directory}” cannot be read (${codeOf(error)}). Create it, or name another.`,
    );
  }
}
