import type { MemberListView } from '#channels/http/contract/organization.ts';
import { postJson, readCookie } from './sign-in.ts';
import type { TestApp } from './start-app.ts';

/** Somebody new in the owner's organization, by invitation, with their session. */
export async function join(
  app: TestApp,
  name: string,
  role = 'member',
): Promise<{ readonly id: string; readonly cookie: string }> {
  const email = `${name.toLowerCase()}@example.com`;
  const invited = await app.send('POST', '/api/v1/invitations', { email, role });
  const token = new URL((invited.body as { link: string }).link).pathname.split('/').at(-1) ?? '';
  const link = `${app.address}/api/v1/invitation-links/${token}/sign-up`;
  const cookie = await readCookie(await postJson(link, { name, password: 'correct horse three' }));
  const { body } = await app.get('/api/v1/members');
  const { id = '' } = (body as MemberListView).items.find((member) => member.email === email) ?? {};
  return { id, cookie };
}
