import type { DiscoveredToolRecord, DiscoveredToolRepository } from '#db/repositories/discovered-tools.ts';
import type { Catalog, DiscoveredTools } from '#integrations/catalog.ts';
import type { Tool, ToolParameters } from '#integrations/tool-definition.ts';

export interface DiscoveredToolDeps {
  readonly repository: Pick<DiscoveredToolRepository, 'approved'>;
  readonly catalog: () => Pick<Catalog, 'findIntegration'>;
}

interface Known {
  readonly mark: string;
  readonly tools: readonly Tool[];
}

/**
 * The tools an organization has approved. Read afresh every time, so that what is withdrawn stops at once in every process;
 * built anew only where something changed.
 */
export function createDiscoveredTools({ repository, catalog }: DiscoveredToolDeps): DiscoveredTools {
  const known = new Map<string, Known>();
  return async (organizationId) => {
    const rows = await repository.approved(organizationId);
    if (rows.length === 0) {
      known.delete(organizationId);
      return [];
    }
    const mark = rows.map(({ name, fingerprint, effect }) => `${name} ${fingerprint} ${effect}`).join('\n');
    const before = known.get(organizationId);
    if (before?.mark === mark) return before.tools;
    const tools = rows.flatMap((row) => buildTool(catalog(), row) ?? []);
    known.set(organizationId, { mark, tools });
    return tools;
  };
}

function buildTool(catalog: Pick<Catalog, 'findIntegration'>, row: DiscoveredToolRecord): Tool | null {
  const { name, connectionId, integration, remoteName, title, description, fingerprint, effect } = row;
  const inputSchema = row.inputSchema as ToolParameters;
  const details = row.details as Readonly<Record<string, unknown>>;
  const pinned = { name, connectionId, remoteName, title, description, inputSchema, details, fingerprint, effect };
  return catalog.findIntegration(integration)?.discovery?.build(pinned) ?? null;
}
