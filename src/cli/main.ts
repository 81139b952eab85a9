import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { databaseUrlOf, loadConfig } from '#config/config.ts';
import { type Environment, readEnvironment } from '#config/env.ts';
import { loadEnvFile } from '#config/load-env-file.ts';
import { vaultKeysOf } from '#config/vault-keys.ts';
import { AppError, ConfigError } from '#errors';
import { initVault } from './commands/vault-init.ts';
import { rotateVault } from './commands/vault-rotate.ts';
import { describeVault } from './commands/vault-status.ts';
import { readHead, type VerifyOptions, verifyAudit } from './commands/verify-audit.ts';

/** Commands look at what is there: a mistyped folder must not become a new, empty database. */
function environmentOfExistingData(): Environment {
  loadEnvFile();
  const environment = readEnvironment(process.env);
  const file = path.join(environment.DATA_DIR, 'personas.db');
  if (environment.DATABASE_URL === undefined && !existsSync(file)) {
    throw new ConfigError(`DATA_DIR: there is no database “${file}”. Name the folder that the service uses.`);
  }
  return environment;
}

function vaultOfExistingData() {
  const environment = environmentOfExistingData();
  return { databaseUrl: databaseUrlOf(environment), keys: vaultKeysOf(environment) };
}

function answer({ ok, text }: { ok: boolean; text: string }): void {
  process.stdout.write(`${text}\n`);
  process.exitCode = ok ? 0 : 1;
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
    answer(await verifyAudit(loadConfig(environmentOfExistingData()), options));
  });

const vault = program.command('vault').description('the keys that stored secrets are sealed with');
vault
  .command('init')
  .description('make a new key and say where it belongs; what is there is never written over')
  .option('--print', 'show the key for VAULT_KEYS instead of keeping it in a file', false)
  .action((options: { print: boolean }) => {
    loadEnvFile();
    // Who has no key yet cannot have what production asks for.
    const environment = readEnvironment({ ...process.env, NODE_ENV: undefined });
    answer({ ok: true, text: initVault(vaultKeysOf(environment), options) });
  });
vault
  .command('status')
  .description(
    'the keys by their ids and what is sealed with each; exits with 1 if a secret cannot be opened with them',
  )
  .action(async () => {
    answer(await describeVault(vaultOfExistingData()));
  });
vault
  .command('rotate')
  .description('seal every secret anew with the primary key; can be stopped and started again at any point')
  .option('--new-key', 'first add a new key to the key file and make it the primary one', false)
  .action(async (options: { newKey: boolean }) => {
    const tell = (line: string) => void process.stdout.write(`${line}\n`);
    answer(await rotateVault(vaultOfExistingData(), { ...options, tell }));
  });

program
  .command('user')
  .description('people with an account')
  .command('reset-link')
  .description('print a link with which somebody chooses a new password; it works once and for one hour')
  .argument('<email>', 'the e-mail address the person signs in with')
  .action(async (email: string) => {
    // Loaded only here: no other command needs what signs people in.
    const { makeResetLink } = await import('./commands/user-reset-link.ts');
    answer({ ok: true, text: await makeResetLink(loadConfig(environmentOfExistingData()), email) });
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
