import type { App } from '#app';
import type { Config } from '#config/config.ts';

/** What a person sees once the service is ready: where to go, what is a stand-in, how to replace it. */
export function describeStart(app: App, config: Config): string {
  const { standIns } = app;
  const lines = [
    '',
    `  Personas for Ninox is ready:  ${app.address}`,
    ...describeSetUp(app),
    '',
    standIns.ninox
      ? `  Ninox   local stand-in with sample data (${app.ninoxAddress}). Connect your own on the integrations page, or set NINOX_API_KEY.`
      : `  Ninox   ${app.ninoxAddress}`,
    standIns.model
      ? '  Model   offline demo model, a small set of rules and not an AI. Set OPENAI_API_KEY to use a real one.'
      : `  Model   ${app.defaultModel}`,
    `  Data    ${describeStorage(config)}`,
    ...describeNewKeys(app),
    ...app.personaProblems.map((problem) => `  Persona problem: ${problem}`),
    '',
    '',
  ];
  return lines.join('\n');
}

function describeSetUp({ setUpLink }: App): string[] {
  if (setUpLink === null) return [];
  return ['', '  Nobody has an account yet. Open this link once to make the first one:', `  ${setUpLink}`];
}

function describeNewKeys({ newVaultKeyFile }: App): string[] {
  if (newVaultKeyFile === null) return [];
  const advice = 'Keep a copy of it apart from backups of the database; in production set VAULT_KEYS.';
  return [`  Keys    made ${newVaultKeyFile}, without which no stored secret can be opened. ${advice}`];
}

function describeStorage(config: Config): string {
  return config.databaseUrl.startsWith('postgres') ? 'Postgres (DATABASE_URL)' : config.databaseUrl;
}
