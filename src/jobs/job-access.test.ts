import { expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import { personActor } from '#auth/person-actor.ts';
import type { Job } from './job.ts';
import { findJob, isManageable, requireJobs, requireOwner } from './job-access.ts';

const person = (role: 'owner' | 'admin' | 'member' | 'auditor', id = 'ada') =>
  personActor({ id, name: 'Ada' }, { organizationId: 'org', role });
const job = { organizationId: 'org', id: 'job', ownerId: 'ada' } as Job;
const jobs = { find: async () => job } as unknown as Parameters<typeof findJob>[0]['jobs'];

test('a job makes no jobs, whatever role its owner has', () => {
  const running: Actor = { ...person('owner'), kind: 'schedule' };
  expect(() => requireJobs(running)).toThrow('A job cannot see, make or change jobs');
  expect(() => requireJobs(person('owner'))).not.toThrow();
});

test('auditors have none, and are told whom to ask', () => {
  expect(() => requireJobs(person('auditor'))).toThrow('Ask an owner or admin');
});

test('a member sees their own alone, as if those of others were not there; admins see all, and change none of them', async () => {
  expect(isManageable(person('member'), job)).toBe(true);
  await expect(findJob({ jobs }, person('member', 'max'), 'job')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const admin = person('admin', 'max');
  expect(await findJob({ jobs }, admin, 'job')).toBe(job);
  expect(() => requireOwner(admin, job)).toThrow('acts for somebody else');
  const elsewhere = { ...admin, organizationId: 'other' };
  await expect(findJob({ jobs }, elsewhere, 'job')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
