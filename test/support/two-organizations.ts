import path from 'node:path';
import { createEffectStore } from '#agent/effects/stored-effects.ts';
import type { Database } from '#db/database.ts';
import { openDatabase } from '#db/open-database.ts';
import { createConnectionRepository } from '#db/repositories/connections.ts';
import { createDiscoveredToolRepository } from '#db/repositories/discovered-tools.ts';
import { createEffectRepository } from '#db/repositories/effects.ts';
import { createOutsideLinkRepository } from '#db/repositories/outside-links.ts';
import { createSlackWorkspaceRepository } from '#db/repositories/slack-workspaces.ts';
import { createSnapshotRepository } from '#db/repositories/snapshots.ts';
import { keysOf } from '../process/vault-data.ts';
import { callQuestion, openApprovals } from './approvals.ts';
import { chat } from './chat.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { newEffect } from './new-effect.ts';
import { leaveJobTraces } from './other-jobs.ts';
import { postJson, readCookie } from './sign-in.ts';
import { startTestApp, type TestApp } from './start-app.ts';

/** A service with two organizations: Olivia owns one, Bea the other. */
export interface TwoOrganizations extends AsyncDisposable {
  readonly app: TestApp;
  /** Owns the organization that must see nothing of the other. */
  readonly olivia: HttpClient;
  readonly bea: HttpClient;
  readonly nobody: HttpClient;
  /** What really exists in Bea's organization, by what a path calls it. */
  readonly ids: Readonly<Record<BeasThing, string>>;
}

export type BeasThing =
  | 'organization'
  | 'members'
  | 'sessions'
  | 'invitations'
  | 'api-keys'
  | 'connections'
  | 'discovered-tools'
  | 'personas'
  | 'conversations'
  | 'runs'
  | 'approvals'
  | 'effects'
  | 'audit-events'
  | 'widgets'
  | 'widget-keys'
  | 'slack-workspaces'
  | 'outside-links'
  | 'jobs'
  | 'job-runs'
  | 'job-trials'
  | 'deliveries'
  | 'dead-items'
  | 'hook-events'
  | 'inbox';

/** Stands in every name that Bea gives. */
export const mark = 'Beta-only';

export const beasPersona = {
  name: `${mark} clerk`,
  description: 'For Bea.',
  instructions: 'Help Bea.',
  channels: ['web', 'widget'],
};
export const beasConnection = {
  integration: 'ninox',
  place: 'stand-in',
  label: `${mark} Ninox`,
  ownership: 'organization',
  scopes: ['ninox:teams:read'],
};

export async function startTwoOrganizations(): Promise<TwoOrganizations> {
  const app = await startTestApp({ SIGN_UP: 'open' });
  const signUp = { name: `${mark} Bea`, email: 'bea@example.com', password: 'another horse battery' };
  const answer = await postJson(`${app.address}/api/v1/sign-up`, { ...signUp, organizationName: `${mark} Ltd` });
  const bea = createHttpClient(app.address, await readCookie(answer));
  return {
    app,
    olivia: app,
    bea,
    nobody: createHttpClient(app.address),
    ids: await fillOrganization(bea, app.directory),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

async function fillOrganization(bea: HttpClient, directory: string): Promise<TwoOrganizations['ids']> {
  const make = async (path: string, body: unknown) => {
    const made = await bea.send('POST', `/api/v1/${path}`, body);
    if (made.status >= 300) throw new Error(`${path} answered ${made.status}: ${JSON.stringify(made.body)}`);
    return made.body;
  };
  const first = async (path: string) => {
    const { items } = (await bea.get(`/api/v1/${path}`)).body as { items: { id: string }[] };
    return items[0]?.id ?? '';
  };
  const persona = (await make('personas', { definition: beasPersona })) as { persona: { id: string } };
  const connection = (await make('connections', beasConnection)) as { id: string };
  const invitation = (await make('invitations', { email: `${mark}@example.com`, role: 'member' })) as {
    invitation: { id: string };
  };
  const key = (await make('api-keys', { name: `${mark} key`, scopes: ['chat'] })) as { apiKey: { id: string } };
  const widget = (await make('widgets', { name: `${mark} widget`, personaId: persona.persona.id })) as { id: string };
  const widgetKey = (await make(`widgets/${widget.id}/keys`, { algorithm: 'HS256' })) as { key: { id: string } };
  const definition = {
    name: `${mark} job`,
    persona: persona.persona.id,
    trigger: { kind: 'webhook' },
    prompt: 'Look around.',
  };
  const job = (await make('jobs', { definition })) as { id: string };
  const { conversationId, metadata } = await chat(bea, `${mark} question`, { personaId: persona.persona.id });
  const { organization } = (await bea.get('/api/v1/session')).body as { organization: { id: string } };
  return {
    organization: organization.id,
    members: await first('members'),
    sessions: await first('sessions'),
    invitations: invitation.invitation.id,
    'api-keys': key.apiKey.id,
    connections: connection.id,
    personas: persona.persona.id,
    conversations: conversationId,
    runs: metadata.runId ?? '',
    jobs: job.id,
    widgets: widget.id,
    'widget-keys': widgetKey.key.id,
    ...(await act({
      directory,
      organizationId: organization.id,
      conversationId,
      personId: await first('members'),
      connectionId: connection.id,
      jobId: job.id,
      personaId: persona.persona.id,
    })),
    'audit-events': await first('audit-events'),
  };
}

interface Acting {
  readonly directory: string;
  readonly organizationId: string;
  readonly conversationId: string;
  readonly personId: string;
  readonly connectionId: string;
  readonly jobId: string;
  readonly personaId: string;
}

/** What a run of Bea's would leave: something that was done, and something that waits for her decision. */
async function act({ directory, personId, connectionId, jobId, personaId, ...about }: Acting) {
  const db = await openDatabase({ url: path.join(directory, 'personas.db') });
  try {
    const approvals = await openApprovals(db, keysOf(directory));
    const { dataKeys } = approvals;
    const { plan } = callQuestion();
    const question = callQuestion({ plan: { ...plan, summary: `${mark} record` } });
    const expiresAt = new Date(Date.now() + 3_600_000);
    // Of no run, so that nothing goes on with it.
    const asked = await approvals.add({
      ...about,
      requesterId: personId,
      runId: 'none',
      connectionId: null,
      question,
      expiresAt,
    });
    const { transaction } = db;
    const [effects, snapshots] = [createEffectRepository(db), createSnapshotRepository(db)];
    const done = createEffectStore({ effects, snapshots, transaction, dataKeys });
    const effect = newEffect({ ...about, actorId: personId, connectionId, tool: 'ninox_delete_record' });
    await done.insert(await done.seal(effect, null), expiresAt);
    await done.markSent(about.organizationId, effect.id);
    const end = { organizationId: about.organizationId, id: effect.id, state: 'succeeded', happened: true } as const;
    await done.end({ ...end, code: null, nextTryAt: null });
    return {
      approvals: asked.id,
      effects: effect.id,
      ...(await knowElsewhere(db, { ...about, personId, connectionId })),
      'discovered-tools': await leaveDiscoveredTool(db, { organizationId: about.organizationId, connectionId }),
      ...(await leaveJobTraces(db, { organizationId: about.organizationId, personId, jobId, personaId, mark })),
    };
  } finally {
    await db.close();
  }
}

/** A Slack workspace of Bea's, and Bea as Slack knows her. */
async function knowElsewhere(
  db: Database,
  { organizationId, personId, connectionId }: Pick<Acting, 'organizationId' | 'personId' | 'connectionId'>,
) {
  const connections = createConnectionRepository(db);
  const other = await connections.find({ organizationId, id: connectionId });
  if (other === null) throw new Error('Bea has no connection.');
  const workspace = `${connectionId}-slack`;
  await connections.insert({ ...other, id: workspace, integration: 'slack', label: `${mark} workspace` });
  const at = new Date();
  await createSlackWorkspaceRepository(db).insert({
    organizationId,
    connectionId: workspace,
    teamId: 'T1',
    enterpriseId: null,
    teamName: `${mark} workspace`,
    appId: 'A1',
    botUserId: 'UBOT',
    botId: 'B1',
    personaId: null,
    createdAt: at,
    updatedAt: at,
  });
  const link = { organizationId, id: 'beas-link', kind: 'slack', place: workspace, external: 'U1' } as const;
  await createOutsideLinkRepository(db).put({ ...link, name: `${mark} @bea`, userId: personId, createdAt: at });
  return { 'slack-workspaces': workspace, 'outside-links': link.id };
}

/** A tool that was looked up on Bea's connection. */
async function leaveDiscoveredTool(
  db: Database,
  { organizationId, connectionId }: Pick<Acting, 'organizationId' | 'connectionId'>,
): Promise<string> {
  const at = new Date();
  const name = 'mcp_beas_search';
  await createDiscoveredToolRepository(db).insert({
    organizationId,
    connectionId,
    name,
    integration: 'mcp',
    remoteName: 'search',
    title: `${mark} search`,
    description: `${mark} search`,
    inputSchema: { type: 'object', properties: {} },
    details: {},
    fingerprint: 'a'.repeat(64),
    effect: 'destructive',
    state: 'new',
    offered: null,
    approvedBy: null,
    approvedAt: null,
    seenAt: at,
    createdAt: at,
  });
  return name;
}
