import path from 'node:path';
import type { NewApproval } from '#agent/approvals/approval-store.ts';
import { openDatabase } from '#db/open-database.ts';
import { keysOf } from '../process/vault-data.ts';
import { callQuestion, openApprovals } from './approvals.ts';
import { chat } from './chat.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
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
  | 'personas'
  | 'conversations'
  | 'approvals'
  | 'audit-events';

/** Stands in every name that Bea gives. */
export const mark = 'Beta-only';

export const beasPersona = { name: `${mark} clerk`, description: 'For Bea.', instructions: 'Help Bea.' };
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
  const { conversationId } = await chat(bea, `${mark} question`, { personaId: persona.persona.id });
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
    approvals: await ask({
      directory,
      organizationId: organization.id,
      conversationId,
      requesterId: await first('members'),
    }),
    'audit-events': await first('audit-events'),
  };
}

/** Has Bea asked for a decision, as a run of hers would. */
async function ask({
  directory,
  ...about
}: { readonly directory: string } & Pick<NewApproval, 'organizationId' | 'conversationId' | 'requesterId'>) {
  const db = await openDatabase({ url: path.join(directory, 'personas.db') });
  try {
    const approvals = await openApprovals(db, keysOf(directory));
    const { plan } = callQuestion();
    const question = callQuestion({ plan: { ...plan, summary: `${mark} record` } });
    const expiresAt = new Date(Date.now() + 3_600_000);
    // Of no run, so that nothing goes on with it.
    return (await approvals.add({ ...about, runId: 'none', connectionId: null, question, expiresAt })).id;
  } finally {
    await db.close();
  }
}
