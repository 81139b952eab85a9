import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { type Config, loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { loadEnvFile } from '#config/load-env-file.ts';
import { AppError, ConfigError } from '#errors';
import { readHead, type VerifyOptions, verifyAudit } from './commands/verify-audit.ts';

/** Commands look at what is there: a mistyped folder must not become a new, empty database. */
function configOfExistingData(): Config {
  loadEnvFile();
  const environment = readEnvironment(process.env);
  const file = path.join(environment.DATA_DIR, 'personas.db');
  if (environment.DATABASE_URL === undefined && !existsSync(file)) {
    throw new ConfigError(`DATA_DIR: there is no database “${file}”. Name the folder that the service uses.`);
  }
  return loadConfig(environment);
}

const program = new Command('persona')
  .description('Commands for whoever runs Personas for Ninox.')
  .showHelpAfterError();

program
  .command('audit')
  .description('the record of every tool call')
  .command('verify')
  .description('walk the whole chain and name the first row that does not hold; exits with 1 if there is one')
  .option('--organization <id>', 'the organization whose chain is checked', 'default')
  .option('--expected-head <hash>', 'the head an earlier check printed; also finds rows cut off at the end', readHead)
  .action(async (options: VerifyOptions) => {
    const verdict = await verifyAudit(configOfExistingData(), options);
    process.stdout.write(`${verdict.text}\n`);
    process.exitCode = verdict.ok ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
