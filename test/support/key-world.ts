import { afterEach, beforeEach, expect } from 'vitest';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { createNinoxServer, type NinoxStandIn } from '#sandbox/ninox-server.ts';
import { createSqlitePlace, type Place } from '../contract/place.ts';
import {
  type ConnectionProcess,
  type Face,
  openFace,
  openProcess,
  type ProcessOptions,
  person,
} from './connections.ts';
import { type Behaviour, startRawServer } from './raw-server.ts';

export const keyOf = {
  all: 'key-1-that-sees-all-teams',
  one: 'key-2-that-sees-one-team',
  none: 'key-3-that-sees-no-team',
  standIn: 'key-4-of-the-stand-in',
};
const people = [
  person('olivia', { role: 'owner' }),
  person('max'),
  person('mia'),
  person('arno', { role: 'auditor' }),
  person('eve', { role: 'owner', organizationId: 'org-2' }),
];

export const question = (actorId: string, attached: string | null = null) => ({
  organizationId: 'org-1',
  actorId,
  integration: 'ninox',
  attached,
});

/** Before each test of the file: a Ninox with keys that see more and less, a database, one process on it and its door. */
export function prepareKeyWorld() {
  let opened: AsyncDisposableStack;
  let place: Place;
  let ninox: NinoxStandIn;
  let ninoxUrl: string;
  let home: ConnectionProcess;
  let face: Face;

  beforeEach(async () => {
    opened = new AsyncDisposableStack();
    place = await createSqlitePlace();
    opened.defer(place.remove);
    ninox = createNinoxServer({
      keys: [
        { key: keyOf.all, teams: 'all' },
        { key: keyOf.one, teams: [sampleIds.company.team] },
        { key: keyOf.none, teams: [] },
        { key: keyOf.standIn, teams: 'all' },
      ],
    });
    ninoxUrl = await ninox.listen();
    opened.defer(() => ninox.close());
    home = await start();
    face = opened.use(await openFace(home, people));
  });
  afterEach(() => opened.disposeAsync());

  async function start(options: Partial<ProcessOptions> = {}): Promise<ConnectionProcess> {
    const allowedHosts = [new URL(ninoxUrl).host];
    return opened.use(await openProcess({ open: place.open, allowedHosts, testTimeoutMs: 2_000, ...options }));
  }

  const target = () => ({ integration: 'ninox', place: 'own-host', address: ninoxUrl });
  const wanted = (change: object = {}) => ({
    ...target(),
    key: keyOf.all,
    label: 'Main key',
    ownership: 'organization',
    scopes: ['ninox:teams:read', 'ninox:databases:read'],
    ...change,
  });

  async function connect(who = 'olivia', change: object = {}): Promise<string> {
    const { status, body } = await face.call(who, 'POST', '/api/v1/connections', wanted(change));
    expect([status, body.detail]).toEqual([201, undefined]);
    return String(body.id);
  }

  async function serve(behave: Behaviour) {
    const server = await startRawServer(behave);
    opened.defer(server.close);
    return server;
  }

  async function actions() {
    const { items } = await home.audit.list({ organizationId: 'org-1', limit: 50 });
    return items.map(({ action, actorId, connectionId }) => [action, actorId, connectionId]);
  }

  return {
    get home() {
      return home;
    },
    get face() {
      return face;
    },
    get ninoxUrl() {
      return ninoxUrl;
    },
    get opened() {
      return opened;
    },
    start,
    target,
    wanted,
    connect,
    serve,
    actions,
  };
}
