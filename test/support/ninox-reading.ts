import { createCatalog } from '#integrations/catalog.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import type { ResourceTarget } from '#integrations/rights.ts';
import { connectionTo, createTestEgress } from './ninox-connection.ts';

export type Answer = Readonly<Record<string, unknown>>;

export interface Reading {
  /** What the tool answers. Throws for arguments that do not fit it. */
  read(tool: string, args: object): Promise<Answer>;
  /** All pages of it, one after the other. */
  readAll(tool: string, args: object): Promise<readonly Answer[]>;
}

const mostPages = 100;

/** The reading tools as a call has them, towards whatever answers at this address. */
export function prepareReading(baseUrl: string, allows: (target: ResourceTarget) => boolean = () => true): Reading {
  const client = createNinoxClient({ egress: createTestEgress(), sleep: async () => undefined });
  const catalog = createCatalog([createNinoxIntegration({ client })]);
  const context = { connection: connectionTo(baseUrl), signal: new AbortController().signal, allows };
  const read: Reading['read'] = async (tool, args) => {
    const call = catalog.findTool(tool)?.prepare(args);
    if (call?.ok !== true) throw new Error(`It does not fit ${tool}: ${call?.problem}`);
    return (await call.execute(context)) as Answer;
  };
  return {
    read,
    async readAll(tool, args) {
      const pages: Answer[] = [];
      for (let cursor: unknown = null; pages.length < mostPages; ) {
        const page = await read(tool, cursor === null ? args : { ...args, cursor });
        pages.push(page);
        cursor = page.next_cursor;
        if (cursor === null) return pages;
      }
      throw new Error('It does not come to an end.');
    },
  };
}
