import type { Connection } from './connection.ts';
import type { ResourceTarget, Tool } from './tool-definition.ts';

/** A kind of service personas can use. */
export interface Integration {
  readonly name: string;
  readonly title: string;
  readonly tools: readonly Tool[];
  /**
   * Whether the target's database really lies in the target's team, asked of the service itself. The guard
   * calls it when a grant limits teams: a path that names a granted team proves nothing about the database.
   */
  contains(connection: Connection, target: ResourceTarget, signal: AbortSignal): Promise<boolean>;
}

export interface Catalog {
  readonly integrations: readonly Integration[];
  readonly tools: readonly Tool[];
  findTool(name: string): Tool | undefined;
  findIntegration(name: string): Integration | undefined;
}

/** Tool names are unique over all integrations; a clash is a programming error and stops the start. */
export function createCatalog(integrations: readonly Integration[]): Catalog {
  const tools = integrations.flatMap((integration) => integration.tools);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  if (byName.size !== tools.length) throw new Error('Two tools share one name.');
  const byIntegration = new Map(integrations.map((integration) => [integration.name, integration]));
  return {
    integrations,
    tools,
    findTool: (name) => byName.get(name),
    findIntegration: (name) => byIntegration.get(name),
  };
}
