import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** What is longer is read no further than it takes to see that. */
export const maxFileBytes = 64 * 1024;

export interface MarkdownFile {
  /** Its name, with `.md`. */
  readonly name: string;
  /** Null for one that cannot be read right now; then `problem` tells why. */
  readonly text: string | null;
  readonly problem: string | null;
}

/** Every `*.md` of the folder, in the order of their names. Throws what reading the folder throws. */
export async function readMarkdownFiles(directory: string): Promise<MarkdownFile[]> {
  const names = (await readdir(directory)).filter((name) => /\.md$/i.test(name) && !name.startsWith('.')).sort();
  const read = names.map(async (name): Promise<MarkdownFile[]> => {
    try {
      const text = await readText(path.join(directory, name));
      return text === null ? [] : [{ name, text, problem: null }];
    } catch (error) {
      // Only a file that is gone takes what it held along; one that cannot be read right now is a problem to be told.
      if (codeOf(error) === 'ENOENT') return [];
      const problem = `The file cannot be read (${codeOf(error)}). Check that the service may read it.`;
      return [{ name, text: null, problem }];
    }
  });
  return (await Promise.all(read)).flat();
}

/** Null for what is no file, such as a folder or a pipe. Reads no more than it takes to see that a file is too large. */
async function readText(location: string): Promise<string | null> {
  if (!(await stat(location)).isFile()) return null;
  await using handle = await open(location);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxFileBytes + 1), 0, maxFileBytes + 1, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
