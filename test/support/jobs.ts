import type { CreateJobRequest, JobView } from '#channels/http/contract/jobs.ts';
import type { HttpClient } from './http-client.ts';
import { personaFile } from './start-app.ts';

/** A persona file that works for jobs. */
export const jobPersona = personaFile(['channels: [web, job]']);

export type WrittenJob = CreateJobRequest['definition'];

/** A definition with no more than it needs. `tester` is the id of `jobPersona` in most tests. */
export function jobDefinition(more: Partial<WrittenJob> = {}): WrittenJob {
  return { name: 'Morning look', persona: 'tester', trigger: { kind: 'manual' }, prompt: 'List the teams.', ...more };
}

export const jobsPath = '/api/v1/jobs';

/** A job over the API. Throws where it is refused. */
export async function makeJob(client: HttpClient, more: Partial<WrittenJob> = {}, paused = false): Promise<JobView> {
  const { status, body } = await client.send('POST', jobsPath, { definition: jobDefinition(more), paused });
  if (status !== 201) throw new Error(`No job: ${status} ${JSON.stringify(body)}`);
  return body as JobView;
}
