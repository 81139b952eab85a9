import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '#test/support/service-process.ts';
import { startAccountApp } from '../support/account-app.ts';

test('whoever runs the service can give out a link for a new password without mail', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'personas-reset-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  await using app = await startAccountApp({ url: `file:${path.join(directory, 'personas.db')}` });
  const owner = await app.owner();
  const { code, stdout, stderr } = await runCommand(directory, ['user', 'reset-link', 'Olivia@example.com']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const token = new URL(stdout.trim()).searchParams.get('token');
  const answer = await app.visitor().send('POST', '/api/v1/password-resets', { token, newPassword: 'a brand new one' });
  expect(answer.status).toBe(200);
  expect((await owner.get('/api/v1/session')).body.user).toBeNull();

  const unknown = await runCommand(directory, ['user', 'reset-link', 'nobody@example.com']);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('no account') });
});
