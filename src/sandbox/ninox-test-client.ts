import { createSampleData, sampleIds } from './ninox-data.ts';
import { createNinoxServer, type NinoxStandIn } from './ninox-server.ts';

export const allKey = 'key-of-the-owner';
export const companyKey = 'key-of-the-company-only';

export const { company, workshop, south } = sampleIds;
export const crm = `/teams/${company.team}/databases/${company.crm}`;
export const contacts = `${crm}/tables/B/records`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  json<Shape>(): Shape;
}

export interface SendOptions {
  readonly method?: string;
  /** Sent as JSON, a form as it is. */
  readonly body?: unknown;
  readonly key?: string | null;
}

export interface RecordShape {
  readonly id: number;
  readonly sequence: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly modifiedAt: string;
  readonly modifiedBy: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface StartedStandIn {
  readonly server: NinoxStandIn;
  readonly baseUrl: string;
  send(path: string, options?: SendOptions): Promise<Answer>;
  get<Shape>(path: string): Promise<Shape>;
}

/** A stand-in on a free port, and a client that really speaks HTTP with it. */
export async function startStandIn(): Promise<StartedStandIn> {
  const server = createNinoxServer({
    keys: [
      { key: allKey, teams: 'all' },
      { key: companyKey, teams: [company.team] },
    ],
    data: createSampleData(new Date('2026-03-10T09:30:00Z')),
  });
  const baseUrl = await server.listen();
  const send: StartedStandIn['send'] = async (path, options = {}) => answerOf(await request(baseUrl + path, options));
  return {
    server,
    baseUrl,
    send,
    async get(path) {
      const answer = await send(path);
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
      return answer.json();
    },
  };
}

function request(url: string, { method = 'GET', body, key = allKey }: SendOptions): Promise<Response> {
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  if (body === undefined) return fetch(url, { method, headers, redirect: 'manual' });
  if (body instanceof FormData) return fetch(url, { method, headers, body });
  return fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, json: () => JSON.parse(text) };
}
