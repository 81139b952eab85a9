import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '#errors';
import { maxFileBytes, type ParsedPersona, parsePersonaFile } from './parse-persona-file.ts';
import type { KnownTool } from './persona-schema.ts';

export interface ReadFile {
  /** The file's name without `.md`, even where that cannot be an id. */
  readonly id: string;
  readonly parsed: ParsedPersona;
}

/** Reads every `*.md` of the folder, in the order of their names. Throws ConfigError when the folder cannot be read. */
export async function readPersonaFiles(directory: string, knownTools: readonly KnownTool[]): Promise<ReadFile[]> {
  const names = await fileNames(directory);
  const read = names.map(async (name): Promise<ReadFile[]> => {
    const file = path.join(path.basename(directory), name);
    const id = path.basename(name, '.md');
    try {
      const text = await readText(path.join(directory, name));
      return text === null ? [] : [{ id, parsed: parsePersonaFile({ file, text, knownTools }) }];
    } catch (error) {
      // Only a file that is gone takes its persona along; one that cannot be read right now is a problem to be told.
      if (codeOf(error) === 'ENOENT') return [];
      const message = `The file cannot be read (${codeOf(error)}). Check that the service may read it.`;
      return [{ id, parsed: { ok: false, problem: { file, line: 1, message } } }];
    }
  });
  return (await Promise.all(read)).flat();
}

async function fileNames(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => /\.md$/i.test(name) && !name.startsWith('.')).sort();
  } catch (error) {
    throw new ConfigError(
      `PERSONAS_DIR: the folder “${directory}” cannot be read (${codeOf(error)}). Create it, or name another.`,
    );
  }
}

/** Null for what is no file, such as a folder or a pipe. Reads no more than it takes to see that a file is too large. */
async function readText(location: string): Promise<string | null> {
  if (!(await stat(location)).isFile()) return null;
  await using handle = await open(location);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxFileBytes + 1), 0, maxFileBytes + 1, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
