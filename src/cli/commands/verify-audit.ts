import { keyFitsChain } from '#audit/key-fits-chain.ts';
import { verifyChain } from '#audit/verify-chain.ts';
import type { Config } from '#config/config.ts';
import { refuseAuditKey } from '#config/secrets.ts';
import { openConfiguredDatabase } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { ConfigError } from '#errors';

export interface VerifyOptions {
  readonly organization: string;
  readonly expectedHead?: AuditHead;
}

export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** Checks one organization's chain. `text` says the result in plain words and, when it holds, the head to note down. */
export async function verifyAudit(config: Config, options: VerifyOptions): Promise<{ ok: boolean; text: string }> {
  const db = await openConfiguredDatabase({ url: config.databaseUrl });
  try {
    const chain = {
      repository: createAuditRepository(db),
      key: config.auditKey,
      organizationId: options.organization,
    };
    if (!(await keyFitsChain(chain))) throw refuseAuditKey({ file: config.auditKeyFile, isNew: config.auditKeyIsNew });
    const verdict = await verifyChain({
      ...chain,
      ...(options.expectedHead === undefined ? {} : { expectedHead: options.expectedHead }),
    });
    if (!verdict.ok) {
      const row = verdict.id === null ? '' : ` (event ${verdict.id})`;
      return { ok: false, text: `The audit does not hold at row ${verdict.seq}${row}: ${verdict.reason}` };
    }
    if (verdict.head === null) return { ok: true, text: 'The audit is empty.' };
    return { ok: true, text: `The audit holds: ${verdict.events} rows. Head ${verdict.events}:${verdict.head}` };
  } finally {
    await db.close();
  }
}

/** Reads `row:hash`, as an earlier check printed it. */
export function readHead(text: string): AuditHead {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new ConfigError(
      '--expected-head: found something else than the “row:hash” that an earlier check printed as head.',
    );
  }
  return { seq: Number(match[1]), hash: match[2] };
}
