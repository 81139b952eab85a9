import type { App } from '#app';
import type { Config } from '#config/config.ts';

/** What a person sees once the service is ready: where to go, what is a stand-in, how to replace it. */
export function describeStart(app: App, config: Config): string {
  const { standIns } = app.status;
  const lines = [
    '',
    `  Personas for Ninox is ready:  ${app.address}`,
    '',
    standIns.ninox === null
      ? `  Ninox   ${app.status.ninoxBaseUrl}`
      : `  Ninox   local stand-in with sample data (${app.status.ninoxBaseUrl}). Set ${standIns.ninox.replacedBy} to use your own.`,
    standIns.model === null
      ? `  Model   ${app.status.defaultModel}`
      : `  Model   offline demo model, a small set of rules and not an AI. Set ${standIns.model.replacedBy} to use a real one.`,
    `  Data    ${describeStorage(config)}`,
    ...app.personaProblems.map((problem) => `  Persona problem: ${problem}`),
    '',
    '',
  ];
  return lines.join('\n');
}

function describeStorage(config: Config): string {
  return config.databaseUrl.startsWith('postgres') ? 'Postgres (DATABASE_URL)' : config.databaseUrl;
}
