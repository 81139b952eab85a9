import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from '#errors';

/**
 * Adds the variables of the file `.env` in the working directory, if there is one, to those of the process, which win.
 * Throws ConfigError when the file cannot be read.
 */
export function loadEnvFile(): void {
  const file = path.resolve('.env');
  if (!existsSync(file)) return;
  try {
    process.loadEnvFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The file “${file}” cannot be read (${reason}). Mend it, or take it away.`);
  }
}
