import { z } from 'zod';
import type { Integration } from '#integrations/catalog.ts';
import type { Restored } from '#integrations/change-plan.ts';
import type { Connection } from '#integrations/connection.ts';
import { defineTool, type UndoHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { Secret } from '#vault/secret.ts';

export interface Item {
  readonly id: string;
  readonly color: string;
}

/** What becomes of a change that is asked of the shelf. */
export type Fate = 'works' | 'refused' | 'answer lost' | 'request lost' | 'breaks';

/** A service of one shelf with items, whose one tool removes an item. Tests say how it behaves. */
export function createShelf() {
  const items = new Map<string, Item>([['7', { id: '7', color: 'red' }]]);
  const scene = {
    fate: 'works' as Fate,
    /** Every reading fails with this. */
    unreadable: null as UpstreamError | null,
    obstacle: null as string | null,
    /** What people should know of an undo. */
    warnings: [] as string[],
    /** Awaited in the middle of a restoring. */
    whileRestoring: async (): Promise<unknown> => undefined,
  };
  const asked: string[] = [];

  function read(what: string): void {
    asked.push(what);
    if (scene.unreadable !== null) throw scene.unreadable;
  }
  async function change(what: string, work: () => void): Promise<void> {
    asked.push(what);
    if (scene.fate === 'refused') throw new UpstreamError('UPSTREAM_FORBIDDEN', 'The shelf says no.');
    if (scene.fate === 'request lost') throw new UpstreamError('OUTCOME_UNKNOWN', 'No answer came.');
    work();
    if (scene.fate === 'answer lost') throw new UpstreamError('OUTCOME_UNKNOWN', 'No answer came.');
    if (scene.fate === 'breaks') throw new TypeError('undefined is not a shelf');
  }
  const planOf = ({ id, color }: Item, summary: string) => ({
    summary,
    targets: [{ level: 'record' as const, id, name: `Item ${id}` }],
    records: [{ id, title: `Item ${id}`, fields: [{ name: 'color', value: color }] }],
    count: 1,
    warnings: [],
  });
  const restoredOf = ({ id }: Item): Restored => ({
    target: [{ level: 'record', id, name: `Item ${id}` }],
    notRestored: [{ what: 'the dust', why: 'Dust is not kept.' }],
  });
  const asItem = (snapshot: unknown) => z.object({ id: z.string(), color: z.string() }).parse(snapshot);

  const undo: UndoHooks = {
    async plan(_context, snapshot) {
      read('plan undo');
      return { ...planOf(asItem(snapshot), 'Put 1 item back'), warnings: scene.warnings };
    },
    async obstacle(_context, snapshot) {
      read('obstacle');
      if (scene.obstacle !== null) return scene.obstacle;
      return items.has(asItem(snapshot).id) ? 'There is such an item again.' : null;
    },
    async restore(_context, snapshot) {
      const item = asItem(snapshot);
      await scene.whileRestoring();
      await change('restore', () => items.set(item.id, item));
      return restoredOf(item);
    },
    async findRestored(_context, snapshot) {
      read('find restored');
      const item = asItem(snapshot);
      return items.has(item.id) ? restoredOf(item) : null;
    },
  };

  const removeItem = defineTool({
    name: 'shelf_remove_item',
    slug: 'SHELF_REMOVE_ITEM',
    integration: 'shelf',
    title: 'Remove item',
    description: 'Removes an item.',
    scope: 'ninox:records:delete',
    effect: 'destructive',
    readsRecords: false,
    defaultApproval: 'ask',
    parameters: z.object({ item_id: z.string() }),
    target: ({ item_id: record }) => ({ team: 'T1', database: 'D1', table: 'A', record }),
    change: ({ item_id: id }) => ({
      async plan() {
        read('plan');
        const item = items.get(id);
        if (item === undefined) throw new UpstreamError('UPSTREAM_NOT_FOUND', 'There is no such item.');
        return { plan: planOf(item, 'Remove 1 item'), snapshot: item };
      },
      async reconcile() {
        read('reconcile');
        return items.has(id) ? 'not_happened' : 'happened';
      },
      outputIfHappened: { removed: id },
      undo,
    }),
    async execute({ item_id: id }) {
      await change('remove', () => items.delete(id));
      return { removed: id };
    },
  });
  /** One that can neither be looked up nor taken back. */
  const shake = defineTool({
    name: 'shelf_shake',
    slug: 'SHELF_SHAKE',
    integration: 'shelf',
    title: 'Shake',
    description: 'Shakes the shelf.',
    scope: 'ninox:records:write',
    effect: 'destructive',
    readsRecords: false,
    defaultApproval: 'ask',
    parameters: z.object({}),
    target: () => ({}),
    execute: async () => ({}),
  });

  const integration: Integration = {
    name: 'shelf',
    title: 'Shelf',
    description: 'A shelf.',
    category: 'databases',
    connect: { kind: 'api_key', places: [], keyHelp: '' },
    tools: [removeItem, shake],
    resolveBaseUrl: () => 'https://shelf.example',
    inspect: async () => [],
    browse: async () => [],
    contains: async () => true,
  };
  return { items, scene, asked, integration };
}
export type Shelf = ReturnType<typeof createShelf>;

export function shelfConnection(change: Partial<Connection> = {}): Connection {
  const secret = new Secret('k3y-Of-A-shelf_0123456789');
  return {
    id: 'k1',
    organizationId: 'org',
    integration: 'shelf',
    ownerId: null,
    label: 'Shelf key',
    baseUrl: 'https://shelf.example',
    status: 'active',
    grant: { scopes: ['ninox:records:write', 'ninox:records:delete'], limits: {} },
    secret: { organizationId: 'org', holder: 'k1', field: 'api_key', version: 1 },
    fingerprint: secret.fingerprint,
    origin: 'https://shelf.example',
    ...change,
  };
}
