import { appendKeyLines, readVaultKeys } from '#config/vault-keys.ts';
import { openConfiguredDatabase } from '#db/open-database.ts';
import { createSecretRepository, type SecretRepository } from '#db/repositories/secrets.ts';
import { ConfigError } from '#errors';
import { makeKeyLine, primaryLine } from '#vault/key-ring.ts';
import { type OpenVault, openVault } from '#vault/open-vault.ts';
import type { ResealReport } from '#vault/rotate-keys.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import type { VaultPlace } from './vault-status.ts';

export interface RotateOptions {
  readonly newKey: boolean;
  /** Takes a line about how far it has come. */
  readonly tell: (line: string) => void;
}

const linesEvery = 50;
const mostNamed = 20;

/** Seals every secret anew with the primary key. Not ok when one cannot be opened; that one stays as it is. */
export async function rotateVault(place: VaultPlace, options: RotateOptions): Promise<{ ok: boolean; text: string }> {
  const db = await openConfiguredDatabase({ url: place.databaseUrl });
  try {
    const repository = createSecretRepository(db);
    let vault = await openWith(place, repository);
    if (options.newKey) {
      addPrimaryKey(place, options.tell);
      vault = await openWith(place, repository);
    }
    const report = await vault.resealAll({
      onResealed: (count) => {
        if (count % linesEvery === 0) options.tell(`${count} secrets sealed anew`);
      },
    });
    return describeReport(report, readVaultKeys(place.keys).ring.primary.id);
  } finally {
    await db.close();
  }
}

/** Opened like the service does it: with a key that is wrong or missing nothing is changed. */
function openWith({ keys }: VaultPlace, repository: SecretRepository): Promise<OpenVault> {
  return openVault({ repository, keys: readVaultKeys(keys), registry: createSecretRegistry() });
}

function addPrimaryKey({ keys }: VaultPlace, tell: (line: string) => void): void {
  if (keys.text !== null) {
    throw new ConfigError(
      '--new-key: the keys are in VAULT_KEYS, which a command cannot change. “npm run persona -- vault init” makes a key and says how to go on.',
    );
  }
  if (keys.primaryId !== null) {
    throw new ConfigError(
      '--new-key: VAULT_PRIMARY_KEY names the primary key, so a new one in the file would not become it. Take the variable away, or add a key with “npm run persona -- vault init” and set VAULT_PRIMARY_KEY to it.',
    );
  }
  const { id, line } = makeKeyLine();
  appendKeyLines(keys.file, [line, primaryLine(id)]);
  tell(`Added the key “${id}” to “${keys.file}”; it is the primary one now. Renew the backup of that file.`);
}

function describeReport({ resealed, unreadable }: ResealReport, primaryId: string): { ok: boolean; text: string } {
  const done = `${resealed} ${resealed === 1 ? 'secret was' : 'secrets were'} sealed anew with “${primaryId}”.`;
  if (unreadable.length === 0) {
    const older = 'Keep the older keys as long as backups of the database are to be read with them.';
    return { ok: true, text: `${done} No secret is left on another key. ${older}` };
  }
  const named = unreadable
    .slice(0, mostNamed)
    .map(({ organizationId, holder, field, version }) => `  ${organizationId} ${holder} ${field} ${version}`);
  const more = unreadable.length > mostNamed ? [`  and ${unreadable.length - mostNamed} more`] : [];
  return {
    ok: false,
    text: [
      done,
      `${unreadable.length} could not be opened and were left as they are. Replace them:`,
      ...named,
      ...more,
    ].join('\n'),
  };
}
