import type {
  ChangeAllowancesRequest,
  ChangeJobRequest,
  CreateJobRequest,
  DeadItemListView,
  FilledTemplateView,
  HookEventListView,
  JobListView,
  JobRunListView,
  JobRunView,
  JobTemplateListView,
  JobTrialView,
  JobView,
  SchedulePreviewView,
} from '#channels/http/contract/jobs.ts';
import { getJson, send, withSignal } from '../../api-client.ts';

type Cursor = string | null;
export type JobDefinition = JobView['definition'];
export type Trigger = JobDefinition['trigger'];
export type Condition = JobDefinition['conditions'][number];
export type Delivery = JobDefinition['deliveries'][number];
export type Allowance = JobDefinition['mandate']['allowances'][number];
/** Any JSON, as it is typed in a page. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What a job's hook is shown with once. */
export interface HookSecret {
  readonly url: string;
  readonly secret: string;
  readonly ninoxScript: string | null;
}

const at = (id: string, rest = '') => `/api/v1/jobs/${encodeURIComponent(id)}${rest}`;
const part = (id: string) => `/${encodeURIComponent(id)}`;
const page = (cursor: Cursor, signal?: AbortSignal) => ({ query: { cursor, limit: 30 }, ...withSignal(signal) });

export const jobApi = {
  list: (cursor: Cursor, signal?: AbortSignal) => getJson<JobListView>('/api/v1/jobs', page(cursor, signal)),
  get: (id: string, signal?: AbortSignal) => getJson<JobView>(at(id), withSignal(signal)),
  create: (request: CreateJobRequest) => send<JobView>('POST', '/api/v1/jobs', request),
  change: (id: string, request: ChangeJobRequest) => send<JobView>('PATCH', at(id), request),
  remove: (id: string) => send('DELETE', at(id)),
  changeAllowances: (id: string, request: ChangeAllowancesRequest) =>
    send<JobView>('PUT', at(id, '/allowances'), request),
  duplicate: (id: string) => send<JobView>('POST', at(id, '/duplicate')),
  file: (id: string) => getJson<{ fileName: string; text: string }>(at(id, '/file')),
  importFile: (text: string) => send<JobView>('POST', '/api/v1/job-imports', { text }),
  run: (id: string, payload?: Json) =>
    send<JobRunView>('POST', at(id, '/runs'), payload === undefined ? {} : { payload }),
  runs: (id: string, cursor: Cursor, signal?: AbortSignal) =>
    getJson<JobRunListView>(at(id, '/runs'), page(cursor, signal)),
  replayRun: (id: string, runId: string) => send<JobRunView>('POST', at(id, `/runs${part(runId)}/replay`)),
  replayDelivery: (id: string, deliveryId: string) => send('POST', at(id, `/deliveries${part(deliveryId)}/replay`)),
  events: (id: string, cursor: Cursor, signal?: AbortSignal) =>
    getJson<HookEventListView>(at(id, '/events'), page(cursor, signal)),
  replayEvent: (id: string, eventId: string) => send<JobRunView>('POST', at(id, `/events${part(eventId)}/replay`)),
  hookSecret: (id: string) => send<HookSecret>('POST', at(id, '/hook-secret')),
  outboundSecret: (id: string) => send<{ secret: string }>('POST', at(id, '/outbound-secret')),
  draftSchema: (sample: Json) => send<{ schema: Record<string, Json> }>('POST', '/api/v1/schema-drafts', { sample }),
  previewSchedule: (when: string, timeZone: string) =>
    send<SchedulePreviewView>('POST', '/api/v1/schedule-previews', { when, timeZone }),
  tryOut: (definition: JobDefinition, payload?: Json) =>
    send<JobTrialView>('POST', '/api/v1/job-trials', payload === undefined ? { definition } : { definition, payload }),
  trial: (id: string, signal?: AbortSignal) =>
    getJson<JobTrialView>(`/api/v1/job-trials${part(id)}`, withSignal(signal)),
  testDelivery: (delivery: Delivery) =>
    send<{ sent: boolean; problem: string | null }>('POST', '/api/v1/delivery-tests', { delivery }),
  templates: (signal?: AbortSignal) => getJson<JobTemplateListView>('/api/v1/job-templates', withSignal(signal)),
  fill: (id: string, answers: Record<string, Json>) =>
    send<FilledTemplateView>('POST', `/api/v1/job-templates${part(id)}/fill`, { answers }),
  deadItems: (signal?: AbortSignal) => getJson<DeadItemListView>('/api/v1/dead-items', withSignal(signal)),
  replayDead: (id: string) => send('POST', `/api/v1/dead-items${part(id)}/replay`),
};
