import type { DiscoveredToolRecord } from '#db/repositories/discovered-tools.ts';
import type { OfferedTool } from '#integrations/discovered-tool.ts';
import { fingerprintOf } from '#integrations/tool-fingerprint.ts';
import type { DiscoveredToolView } from '../../contract/discovered-tools.ts';

export type NamesOf = (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** What discovered tools look like; what is not named here does not leave. */
export async function presentTools(
  namesOf: NamesOf,
  rows: readonly DiscoveredToolRecord[],
): Promise<DiscoveredToolView[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const names = await namesOf(first.organizationId, [...new Set(rows.flatMap(({ approvedBy }) => approvedBy ?? []))]);
  return rows.map((row) => {
    const { name, connectionId, integration, remoteName, title, description, fingerprint, effect, state } = row;
    const { approvedBy, approvedAt, seenAt } = row;
    return {
      name,
      connectionId,
      integration,
      remoteName,
      title,
      description,
      inputSchema: { ...row.inputSchema },
      fingerprint,
      effect,
      state,
      offered: row.offered === null ? null : presentOffered(row.offered as OfferedTool),
      approvedBy:
        approvedBy === null ? null : { id: approvedBy, name: names.get(approvedBy) ?? 'Somebody who has left' },
      approvedAt: approvedAt?.toISOString() ?? null,
      seenAt: seenAt.toISOString(),
    };
  });
}

function presentOffered(offered: OfferedTool): NonNullable<DiscoveredToolView['offered']> {
  const { title, description, inputSchema } = offered;
  return { title, description, inputSchema: { ...inputSchema }, fingerprint: fingerprintOf(offered) };
}
