import { Command } from 'commander';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { AppError, ConfigError } from '#errors';
import { verifyAudit } from './commands/verify-audit.ts';

const program = new Command('persona')
  .description('Commands for whoever runs Personas for Ninox.')
  .showHelpAfterError();

program
  .command('audit')
  .description('the record of every tool call')
  .command('verify')
  .description('walk the whole chain and name the first row that does not hold; exits with 1 if there is one')
  .option('--organization <id>', 'the organization whose chain is checked', 'default')
  .option('--expected-head <hash>', 'the head an earlier check printed; also finds rows cut off at the end')
  .action(async (options: { organization: string; expectedHead?: string }) => {
    const verdict = await verifyAudit(loadConfig(readEnvironment(process.env)), options);
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
